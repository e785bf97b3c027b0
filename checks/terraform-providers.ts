import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckContext } from "./check.ts";
import { runTool } from "./run-tool.ts";
import { oneLine } from "./tool-words.ts";

/** Providers that Terraform fetched: the environment in which they are found, and the lock file that goes beside a stack. */
export interface Fetched {
  env: Record<string, string>;
  lockFile: string;
}

/** What stacks ask of Terraform's providers, as one text: stacks with the same one can share what was fetched. */
export async function requiredProviders(stackFolder: string): Promise<string> {
  const { terraform = {} } = JSON.parse(await readFile(join(stackFolder, "cdk.tf.json"), "utf8")) as Stack;
  return JSON.stringify(terraform.required_providers ?? {});
}

interface Stack {
  terraform?: { required_providers?: Record<string, unknown> };
}

/**
 * Fetches providers once, into a folder of their own: `terraform init` in each stack would copy or download some 100 MB
 * each time. Returns what Terraform said, if it could not.
 */
export async function fetchProviders(
  required: string,
  { context, env, into }: { context: CheckContext; env: Record<string, string>; into: string },
): Promise<Fetched | { trouble: string }> {
  await mkdir(into, { recursive: true });
  await writeFile(join(into, "main.tf.json"), `{"terraform":{"required_providers":${required}}}`);
  const data = { ...env, TF_DATA_DIR: join(into, ".terraform") };
  const result = await runTool({
    path: context.tool("terraform"),
    args: ["init", "-backend=false", "-input=false", "-no-color"],
    cwd: into,
    // Two providers of 50 MB each over a slow line.
    seconds: 300,
    env: data,
    signal: context.signal,
  });
  if (!result.ok)
    return { trouble: `terraform init ${result.trouble ?? `failed: ${oneLine(result.stderr)}`}` };
  return { env: data, lockFile: await readFile(join(into, ".terraform.lock.hcl"), "utf8").catch(() => "") };
}
