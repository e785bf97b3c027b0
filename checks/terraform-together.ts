import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { CheckContext } from "./check.ts";
import { runTool } from "./run-tool.ts";
import type { Fetched } from "./terraform-providers.ts";

/**
 * Whether stacks are valid, asked in one run of Terraform: as modules of one configuration they share the half second that reading the
 * providers' schemas takes. Only a yes says something: what is wrong, and in which of them, each must be asked by itself. Stacks with
 * variables that have no default are never valid together.
 */
export async function areValidTogether(
  folders: readonly string[],
  { context, fetched }: { context: CheckContext; fetched: Fetched | { trouble: string } },
): Promise<boolean> {
  if ("trouble" in fetched) return false;
  const root = await mkdtemp(join(await context.workspace(), "together-"));
  const data = join(root, ".terraform");
  const modules = folders.map((folder, i) => [`stack_${i}`, { source: relative(root, folder) }]);
  await writeFile(join(root, "main.tf.json"), JSON.stringify({ module: Object.fromEntries(modules) }));
  await writeFile(join(root, ".terraform.lock.hcl"), fetched.lockFile);
  const run = (args: string[]) =>
    runTool({
      path: context.tool("terraform"),
      args: [...args, "-no-color"],
      cwd: root,
      seconds: 300,
      env: { ...fetched.env, TF_DATA_DIR: data },
      signal: context.signal,
    });
  if (!(await run(["get"])).ok) return false;
  await symlink(join(fetched.env.TF_DATA_DIR ?? "", "providers"), join(data, "providers"), "dir");
  const { stdout, trouble } = await run(["validate", "-json"]);
  return trouble === undefined && isClean(stdout);
}

// A stack's own backend has no effect in a module: that is the one warning that says nothing about the stack.
function isClean(stdout: string): boolean {
  if (!stdout.startsWith("{")) return false;
  const { valid, diagnostics } = JSON.parse(stdout) as { valid: boolean; diagnostics: { summary: string }[] };
  return valid && diagnostics.every(({ summary }) => summary === "Backend configuration ignored");
}
