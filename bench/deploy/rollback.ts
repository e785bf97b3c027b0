// How long a release that Terraform deployed takes to go back: `fairlead rollback` of a platform of two services on a local cluster, from the start of the
// process until its end. Before that, the same two releases are promoted. Prints JSON.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { createProject } from "../../init/index.ts";
import { packageFile } from "../../package-root.ts";
import { startCluster } from "../../tools/index.ts";

const services = ["autopilot", "dashboard-api"];
const folder = await mkdtemp(join(tmpdir(), "fairlead-bench-rollback-"));
const project = join(folder, "project");
let stop = async () => {};
const env = {
  KUBE_CONFIG_PATH: "",
  FAIRLEAD_KEY: join(folder, "rita.pem"),
  NO_COLOR: "1",
};

const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=rita", "-c", "user.email=rita@example.com", ...args], { cwd: project });
async function fairlead(...args: string[]) {
  const started = performance.now();
  const { stdout } = await execa(process.execPath, [packageFile("dist/cli/main.js"), ...args], {
    cwd: project,
    env,
    stdin: "ignore",
  });
  return { stdout, seconds: (performance.now() - started) / 1000 };
}

async function releaseOf(letter: string): Promise<string> {
  const images = services.flatMap((name) => [
    "--image",
    `${name}=ghcr.io/example/${name}@sha256:${letter.repeat(64)}`,
  ]);
  const { stdout } = await fairlead("release", "create", "--commit", "HEAD", ...images, "--format", "json");
  return (JSON.parse(stdout) as { digest: string }).digest;
}

try {
  const cluster = await startCluster({ stateDir: join(folder, "cluster") });
  stop = cluster.stop;
  env.KUBE_CONFIG_PATH = cluster.kubeconfig;
  await createProject(project);
  for (const place of ["catalog/platforms/hello", "policies/hello"])
    await rm(join(project, place), { recursive: true });
  await cp(packageFile("tests/fixtures/promotion"), project, { recursive: true });
  // Production alone, and nothing is asked there: it is the deploy that is measured.
  const catalog = join(project, "catalog/platforms/weathervane/index.ts");
  const text = await readFile(catalog, "utf8");
  const alone = text
    .replace(/ {4}(dev|staging): \{ stage: .*\n/g, "")
    .replace(
      /(ledger: \{ kind: "git" \},[\s\S]*?environments: \{)[\s\S]*?\n {4}\},\n {2}\},\n\);/,
      '$1 prod: { deploy: { kind: "terraform" } } } },\n);',
    );
  if (alone === text) throw new Error("the fixture's promotion is not found");
  await writeFile(catalog, alone);
  const { stdout } = await fairlead("key", "rita", "--role", "promoter");
  await writeFile(join(project, "approvers.json"), JSON.stringify({ keys: [JSON.parse(stdout)] }));
  await execa("git", ["init", "--quiet", "--bare", join(folder, "remote.git")]);
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", join(folder, "remote.git"));
  await git("add", "--all");
  await git("commit", "--quiet", "--message=The platform");
  await git("push", "--quiet", "origin", "main");

  const into = ["--env", "prod", "--confirm-context", "local"];
  const promoted: number[] = [];
  for (const letter of ["a", "b"]) {
    const { seconds } = await fairlead("promote", await releaseOf(letter), ...into, "--timeout", "3m");
    promoted.push(seconds);
  }
  const back = await fairlead("rollback", ...into, "--because", "it is measured");
  process.stdout.write(`${JSON.stringify({ promoted, rolledBack: back.seconds })}\n`);
} finally {
  await stop();
  await rm(folder, { recursive: true, force: true });
}
