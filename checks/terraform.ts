import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Origin } from "../model/model.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import type { SynthesisedStack } from "../stacks/index.ts";
import { progressLine, providerMirror } from "../tools/index.ts";
import { type Check, type CheckContext, type Findings, problemIn } from "./check.ts";
import { inBatches } from "./in-batches.ts";
import { runTool } from "./run-tool.ts";
import { fetchProviders, requiredProviders } from "./terraform-providers.ts";
import { areValidTogether } from "./terraform-together.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";

/** Terraform validates every stack of every environment against the schemas of the real providers. */
export const terraform: Check = {
  name: "terraform",
  title: "Stacks of every environment (terraform validate)",
  needs: ["terraform"],
  async run(context) {
    try {
      return await validateStacks(context, await synthesiseAll(context));
    } catch (error) {
      if (error instanceof ProblemsError) return { problems: [...error.problems], files: 0 };
      throw error;
    }
  },
};

async function synthesiseAll({
  model,
  artifacts,
  workspace,
  progress,
}: CheckContext): Promise<SynthesisedStack[]> {
  const folder = await workspace();
  progress("synthesising the stacks");
  // Loading cdktf takes longer than all checks that need no tool.
  const { synthesise } = await import("../stacks/index.ts");
  const environments = [...new Set(model.platforms.flatMap((p) => p.environments.map((e) => e.name)))];
  return synthesise(model, artifacts, {
    environments,
    projectRoot: folder,
    outdir: join(folder, "cdktf.out"),
  });
}

/** Stacks that are validated at once: enough that reading the providers' schemas hardly counts, few enough to see progress. */
const together = 12;

/** Validates stacks that were written; the providers are fetched once for all stacks that ask for the same ones. */
export async function validateStacks(
  context: CheckContext,
  stacks: readonly SynthesisedStack[],
): Promise<Findings> {
  const { env } = await providerMirror({
    onProgress: (progress) => context.progress(progressLine(progress)),
  });
  const workspace = await context.workspace();
  const all = await Promise.all(stacks.map((stack) => asked(stack, { workspace, env })));
  let passed = 0;
  const done = (more: number) => {
    passed += more;
    context.progress(`${passed} of ${stacks.length} stacks`);
  };
  const problems: Problem[] = [];
  for (const [index, wanted] of [...new Set(all.map(({ required }) => required))].entries()) {
    let fetched: ReturnType<typeof fetchProviders> | undefined;
    const fetch = () => {
      if (!fetched) context.progress("fetching the providers");
      fetched ??= fetchProviders(wanted, { context, env, into: join(workspace, `terraform-${index}`) });
      return fetched;
    };
    const group = all.filter(({ required }) => required === wanted);
    const found = await inBatches(group, {
      size: together,
      passes: async (some) =>
        areValidTogether(
          some.map(({ stack }) => stack.folder),
          { context, fetched: await fetch() },
        ),
      problems: async ({ stack }) => validate(context, stack, await fetch()),
      ...{ done, passed: context.passed, inputs: ({ inputs }) => inputs },
    });
    problems.push(...found);
  }
  return { problems, files: stacks.length };
}

/** A stack with the providers that it asks for, and all that Terraform's answer depends on. */
async function asked(stack: SynthesisedStack, place: { workspace: string; env: Record<string, string> }) {
  return { stack, required: await requiredProviders(stack.folder), inputs: await inputsOf(stack, place) };
}

// All that lies in the stack's folder, wherever that is, and where its providers come from.
async function inputsOf(
  { folder }: SynthesisedStack,
  { workspace, env }: { workspace: string; env: Record<string, string> },
): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.sort().map(async (file) => [file, await readFile(file, "utf8")]);
  const all = (await Promise.all(contents)).flat().map((text) => text.replaceAll(workspace, ""));
  return [JSON.stringify(env), ...all];
}

async function validate(
  context: CheckContext,
  stack: SynthesisedStack,
  fetched: Awaited<ReturnType<typeof fetchProviders>>,
): Promise<Problem[]> {
  if ("trouble" in fetched) return [stackProblem(context, stack, { message: fetched.trouble })];
  const { env, lockFile } = fetched;
  await writeFile(join(stack.folder, ".terraform.lock.hcl"), lockFile);
  const result = await runTool({
    path: context.tool("terraform"),
    args: ["validate", "-json", "-no-color"],
    cwd: stack.folder,
    seconds: 120,
    env,
    signal: context.signal,
  });
  if (result.trouble)
    return [stackProblem(context, stack, { message: `terraform validate ${result.trouble}` })];
  const diagnostics = diagnosticsIn(result.stdout);
  if (diagnostics) return diagnostics.map((one) => stackProblem(context, stack, one));
  const words = oneLine(withoutFolder(`${result.stdout}\n${result.stderr}`, stack.folder));
  return [stackProblem(context, stack, { message: `terraform validate failed: ${words}` })];
}

/** Something that Terraform found. */
interface Finding {
  message: string;
  /** In its stack: "resource.kubernetes_service_v1.api_service.spec". */
  address?: string;
  line?: number;
  isWarning?: boolean;
}

interface Diagnostic {
  severity: "error" | "warning";
  summary: string;
  detail?: string;
  address?: string;
  range?: { filename: string; start: { line: number } };
  snippet?: { context?: string | null };
}

// Format: https://developer.hashicorp.com/terraform/cli/commands/validate#json-output-format
function diagnosticsIn(stdout: string): Finding[] | undefined {
  if (!stdout.startsWith("{")) return undefined;
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  return diagnostics.map(({ severity, summary, detail, address, range, snippet }) => {
    const at = snippet?.context ?? address;
    return {
      message: `terraform: ${oneLine(detail ? `${summary}: ${detail}` : summary)}`,
      isWarning: severity === "warning",
      ...(at && { address: at }),
      ...(range && { line: range.start.line }),
    };
  });
}

function stackProblem(
  context: CheckContext,
  stack: SynthesisedStack,
  { message, address, line, isWarning }: Finding,
): Problem {
  const path = address === undefined ? `stack ${stack.id}` : `stack ${stack.id}, ${address}`;
  const origin = originOf(context, stack, address);
  const found = {
    rule: "check/terraform",
    message,
    ...(address === undefined && line !== undefined && { line }),
  };
  return { ...problemIn({ path, origin }, found, context.locate), severity: isWarning ? "warning" : "error" };
}

// Stacks name resources SERVICE_KIND, and names of the catalog hold no "_".
function originOf({ model }: CheckContext, stack: SynthesisedStack, address = ""): Origin {
  const platform = model.platforms.find((p) => p.name === stack.platform);
  const name = /^resource\.[^.]+\.([^._]+)_/.exec(address)?.[1];
  const service = platform?.services.find((s) => s.name === name);
  const environment = platform?.environments.find((e) => e.name === stack.environment);
  return (
    service?.origin ??
    environment?.origin ?? { platform: stack.platform, path: [], label: `platform ${stack.platform}` }
  );
}
