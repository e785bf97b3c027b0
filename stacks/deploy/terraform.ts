import { chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLAN_FILE, type SavedLayer } from "../../delivery/plan/saved-plan.ts";
import { type Diagnostic, diagnosticsIn, explained } from "../../delivery/plan/terraform-words.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { type Ended, runProgram } from "../../programs/run-program.ts";
import { requireTool } from "../../tools/index.ts";
import type { Access } from "./cluster.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";

/** A folder in which Terraform keeps what is none of a plan; one that was left behind by a process that ended is removed by the next. */
export function openTerraformData(): Promise<RunFolder> {
  return openRunFolder(join(tmpdir(), "fairlead-terraform-data-"));
}

/** Lends the given folder, or one of its own that is removed afterwards. */
export async function withTerraformData<T>(
  given: TerraformRun["data"] | undefined,
  use: (data: TerraformRun["data"]) => Promise<T>,
): Promise<T> {
  if (given) return use(given);
  const own = await openTerraformData();
  try {
    return await use(own);
  } finally {
    await own.remove();
  }
}

/** One stack's Terraform. All of it throws a ProblemsError where Terraform cannot go on, in words that say what to do. */
export interface StackTerraform {
  /** Fetches providers and sets up the backend; `locked`: takes exactly the providers that were planned with. */
  init(options: { locked: boolean }): Promise<void>;
  /** Writes the plan file, of the end of all that is in the state where it `destroys`; tells whether there is anything in it to apply, or why it could not be made. */
  plan(options?: { destroys: boolean }): Promise<PlanMade>;
  /** The plan file as `terraform show -json` tells it: with every value, also those that are secret. */
  show(): Promise<string>;
  /** Which state there is; undefined where there is none yet. */
  state(): Promise<SavedLayer["state"]>;
  /** Applies the plan file, or returns why not all of it was; tells what was done to each object as it is done. */
  apply(onDone: (line: string) => void): Promise<Diagnostic[]>;
}

/** What came of planning: nothing is wrong where there is a plan file. */
export interface PlanMade {
  wrong: Diagnostic[];
  isEmpty: boolean;
}

/** Where and with what Terraform runs. */
export interface TerraformRun {
  access: Access;
  /** Variables by which it finds its providers. */
  providers: Record<string, string>;
  /** Folder for what it keeps for itself, which is none of the plan; it outlives this process if that is killed. */
  data: Pick<RunFolder, "folder" | "usedBy">;
}

// What of a user's environment would change what is planned, or where, or write down what it is told: TF_CLI_ARGS, TF_WORKSPACE, TF_LOG,
// KUBE_HOST and the like. Variables pass: a stack declares those that a catalog asks for, and Terraform ignores others.
const STEERING = /^(?:TF_(?!CLI_CONFIG_FILE$|PLUGIN_CACHE|HTTP_|TOKEN_|VAR_)|KUBE_(?!PROXY_URL$))/;

/**
 * What comes of using Terraform in the folder of each stack, side by side. They are set up one after the other, since Terraform's cache of providers is
 * none for two at once; each is used as soon as it is.
 */
export function inEach<S extends { id: string; folder: string }, T>(
  stacks: readonly S[],
  { init, ...run }: TerraformRun & { init: "anew" | "locked" | "done" },
  use: (terraform: StackTerraform, stack: S) => Promise<T>,
): Promise<T>[] {
  let before: Promise<unknown> = Promise.resolve();
  return stacks.map(async (stack) => {
    const ready = before.then(async () => {
      const terraform = await terraformIn(stack, run);
      if (init !== "done") await terraform.init({ locked: init === "locked" });
      return terraform;
    });
    before = ready.catch(() => {});
    return use(await ready, stack);
  });
}

/** Terraform in the folder of a stack. */
export async function terraformIn(
  stack: { id: string; folder: string },
  { access, providers, data }: TerraformRun,
): Promise<StackTerraform> {
  const program = await requireTool("terraform");
  const env = { ...environmentOf(access, providers), TF_DATA_DIR: join(data.folder, stack.id) };
  const always = { cwd: stack.folder, env, signal: access.signal, onStart: data.usedBy };
  const run: Run = (args, more) => runProgram(program, args, { ...always, ends: "tidily", ...more });
  const refuse: Refuse = (diagnostics) => {
    access.signal.throwIfAborted();
    throw new ProblemsError(explained(diagnostics, { stack: stack.id, context: access.context }));
  };
  const output = async (args: readonly string[], limitSeconds: number) => {
    const { failed, stdout, all } = await run(args, { limitSeconds });
    // What it did before that is no part of the error.
    const summary = /\bError: [\s\S]*/.exec(all)?.[0] ?? (all.trim() || failed);
    return failed === undefined ? stdout : refuse([{ severity: "error", summary: String(summary) }]);
  };
  return {
    // Two providers of 50 MB each over a slow line.
    init: async ({ locked }) =>
      void (await output(
        ["init", "-input=false", "-no-color", ...(locked ? ["-lockfile=readonly"] : [])],
        600,
      )),
    plan: ({ destroys } = { destroys: false }) =>
      planned(run, { folder: stack.folder, destroys, signal: access.signal }),
    show: () => output(["show", "-json", PLAN_FILE], 120),
    state: async () => stateIn(await output(["state", "pull"], 120)),
    apply: (onDone) =>
      applied(run, { log: join(data.folder, `${stack.id}.log`), signal: access.signal, onDone }),
  };
}

type Run = (
  args: readonly string[],
  more: { limitSeconds: number; onLine?: (line: string) => void; log?: string },
) => Promise<Ended>;
type Refuse = (diagnostics: readonly Diagnostic[]) => never;

function environmentOf(
  access: Access,
  providers: Record<string, string>,
): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !STEERING.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...providers,
    KUBE_CONFIG_PATH: access.kubeconfig,
    TF_IN_AUTOMATION: "1",
    NO_COLOR: "1",
  };
}

/** With `-detailed-exitcode`: it is a plan, and there is something in it to apply. */
const CHANGES = 2;

async function planned(
  run: Run,
  { folder, destroys, signal }: { folder: string; destroys: boolean; signal: AbortSignal },
): Promise<PlanMade> {
  const about = destroys ? ["-destroy"] : [];
  const args = ["plan", "-json", "-input=false", "-detailed-exitcode", `-out=${PLAN_FILE}`, ...about];
  const { failed, exitCode, stdout, all } = await run(args, { limitSeconds: 900 });
  signal.throwIfAborted();
  if (failed !== undefined && exitCode !== CHANGES)
    return { wrong: diagnosticsIn(stdout, all.trim() || failed), isEmpty: false };
  // It holds the state's values.
  await chmod(join(folder, PLAN_FILE), 0o600);
  return { wrong: [], isEmpty: exitCode !== CHANGES };
}

function stateIn(text: string): SavedLayer["state"] {
  if (text.trim() === "") return undefined;
  const { lineage, serial } = JSON.parse(text) as { lineage: string; serial: number };
  return { lineage, serial };
}

async function applied(
  run: Run,
  { log, signal, onDone }: { log: string; signal: AbortSignal; onDone: (line: string) => void },
): Promise<Diagnostic[]> {
  const onLine = (line: string) => {
    const done = doneIn(line);
    if (done !== undefined) onDone(done);
  };
  // Each rollout may take its ten minutes, and Terraform goes through ten objects at a time.
  const args = ["apply", "-json", "-input=false", PLAN_FILE];
  const { failed, stdout } = await run(args, { limitSeconds: 3600, onLine, log });
  signal.throwIfAborted();
  return failed === undefined ? [] : diagnosticsIn(stdout, stdout.trim() || failed);
}

/** "kubernetes_deployment_v1.api_deployment: Creation complete after 3s", without the id. */
function doneIn(line: string): string | undefined {
  if (!line.includes('"type":"apply_complete"') && !line.includes('"type":"apply_errored"')) return undefined;
  const { "@message": message } = JSON.parse(line) as { "@message": string };
  return message.replace(/ \[id=.*\]$/, "");
}
