// Where state is kept: each backend by Terraform itself against a real store, and what a second one is told while the first holds the lock.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { explained } from "../../delivery/plan/terraform-words.ts";
import type { BackendSpec, Model } from "../../model/model.ts";
import { type LocalCluster, providerMirror, requireTool, startCluster } from "../../tools/index.ts";
import { artifactsOf, shopWith } from "../fixtures/reviewed.ts";
import { httpStates, objectStore } from "../fixtures/state-servers.ts";
import { type SynthesisedStack, synthesise } from "../index.ts";
import { terraformIn } from "./terraform.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 10 * MINUTES, hookTimeout: 15 * MINUTES });

let folder: string;
let cluster: LocalCluster;
let kubectl: string;
let terraform: string;
let providers: Record<string, string>;
let web: Awaited<ReturnType<typeof httpStates>>;
let objects: Awaited<ReturnType<typeof objectStore>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-state-test-"));
  [terraform, kubectl] = [await requireTool("terraform"), await requireTool("kubectl")];
  ({ env: providers } = await providerMirror());
  web = await httpStates();
  objects = await objectStore("states");
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  // Any will do for this store; a real one takes them from where Amazon's own tools do.
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary-of-the-store");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  web?.close();
  objects?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The shop's foundation with its state in a backend, in a namespace of its own. */
function stackWith(backend: BackendSpec): SynthesisedStack {
  const model: Model = shopWith({ prod: { namespace: `shop-${backend.kind}`, context: "local" } });
  for (const environment of model.platforms[0]?.environments ?? [])
    Object.assign(environment, { backend, stage: "dev" });
  const options = { environments: ["prod"], projectRoot: folder, outdir: join(folder, backend.kind) };
  const stack = synthesise(model, artifactsOf(model), options).find(({ layer }) => layer === "foundation");
  if (!stack) throw new Error("there is no foundation");
  return stack;
}

const access = () => ({
  kubeconfig: cluster.kubeconfig,
  context: "local",
  server: "",
  signal: AbortSignal.timeout(10 * MINUTES),
});
const runIn = (stack: SynthesisedStack, who: string) =>
  terraformIn(stack, {
    ...{ access: access(), providers },
    data: { folder: join(folder, who), usedBy: () => {} },
  });

/** Somebody who is asked whether to destroy everything, and who holds the lock until answering. */
async function holder(stack: SynthesisedStack, who: string) {
  const env = {
    ...providers,
    KUBE_CONFIG_PATH: cluster.kubeconfig,
    TF_DATA_DIR: join(folder, who, stack.id),
  };
  const child = execa(terraform, ["destroy", "-no-color"], {
    cwd: stack.folder,
    env,
    reject: false,
    all: true,
  });
  let said = "";
  child.all?.on("data", (chunk: Buffer) => (said += chunk));
  await vi.waitFor(() => expect(said).toContain("Enter a value"), { timeout: 5 * MINUTES, interval: 200 });
  return async () => {
    child.stdin?.end("no\n");
    await child;
  };
}

const cases: [BackendSpec["kind"], () => BackendSpec, () => Promise<unknown>][] = [
  ["local", () => ({ kind: "local", folder: "states" }), () => readdir(join(folder, "states"))],
  [
    "kubernetes",
    () => ({ kind: "kubernetes", namespace: "default" }),
    async () =>
      (await execa(kubectl, ["--kubeconfig", cluster.kubeconfig, "get", "secrets", "-o", "name"])).stdout,
  ],
  ["http", () => ({ kind: "http", address: `${web.address}/states` }), async () => [...web.states.keys()]],
  [
    "s3",
    () => ({ kind: "s3", bucket: "states", region: "eu-central-1", endpoint: objects.address }),
    async () => (await fetch(`${objects.address}/states`)).text(),
  ],
];

test.each(cases)(
  "state in %s: init, plan, apply; a second one is refused and told who holds the lock (issue 8, part 2)",
  async (kind, backend, kept) => {
    const stack = stackWith(backend());
    const first = await runIn(stack, `${kind}-first`);
    await first.init({ locked: false });
    expect(await first.plan()).toEqual({ wrong: [], isEmpty: false });
    await first.apply(() => {});
    expect((await first.state())?.serial).toBeGreaterThan(0);
    expect(JSON.stringify(await kept())).toContain(stack.id);

    const second = await runIn(stack, `${kind}-second`);
    await second.init({ locked: false });
    const letGo = await holder(stack, `${kind}-first`);
    const { wrong: refused } = await second.plan().finally(letGo);
    const [problem] = explained(refused, { stack: stack.id, context: "local" });
    expect(problem?.rule).toBe("plan/locked");
    // Terraform shows what an HTTP server says of the holder as an id alone.
    const who =
      kind === "http"
        ? "whoever took the lock "
        : `${userInfo().username}@${hostname()} (terraform apply) since`;
    expect(problem?.message).toContain(`the state of ${stack.id} is locked by ${who}`);
    expect(await second.plan()).toEqual({ wrong: [], isEmpty: true });
  },
);
