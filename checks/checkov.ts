import { mkdir, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Deployed } from "../stacks/deployed-objects.ts";
import type { Check, CheckContext } from "./check.ts";
import { judged, type ToolFinding } from "./hardening/judge.ts";
import { placeName, yamlOf } from "./hardening/objects.ts";
import { runTool } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";

/** checkov judges every object that is deployed, by its policies for Kubernetes; it asks nobody over the network. */
export const checkov: Check = {
  name: "checkov",
  title: "Objects of every environment (checkov)",
  needs: ["checkov"],
  // It is Python, takes ten seconds, and 300 MB that have to be installed first.
  onRequest: "takes 10 s and needs Python",
  run: (context) => judged(context, { tool: "checkov", rule: "check/checkov", ask }),
};

/** What `checkov -o json` tells of one framework; of nothing to look at, only the counts. */
interface Report {
  results?: { failed_checks: FailedCheck[] };
  summary?: { parsing_errors: number };
}
interface FailedCheck {
  check_id: string;
  check_name: string;
  /** From a folder that is not always the same. */
  file_path: string;
  /** "Deployment.NAMESPACE.NAME" */
  resource: string;
}

const FRAMEWORK = ["--framework", "kubernetes", "--skip-download"];
const OUTPUT = ["--output", "json", "--compact", "--quiet", "--soft-fail"];

async function ask(
  context: CheckContext,
  places: readonly Deployed[],
): Promise<ToolFinding[] | { trouble: string }> {
  const folder = join(await context.workspace(), "checkov");
  await mkdir(folder, { recursive: true });
  const files = new Map(places.map((at) => [`${placeName(at)}.yaml`, at]));
  for (const [file, at] of files) await writeFile(join(folder, file), yamlOf(at));
  context.progress(`${places.length} environments`);
  const result = await runTool({
    path: context.tool("checkov"),
    args: ["--directory", folder, ...FRAMEWORK, ...OUTPUT],
    // A configuration in its working folder or its home would change what it looks for.
    cwd: folder,
    seconds: 600,
    // Otherwise it asks the package index for a newer version of itself, whenever its home folder does not know one.
    env: { HOME: folder, CKV_SKIP_PACKAGE_UPDATE_CHECK: "true" },
    signal: context.signal,
  });
  if (result.trouble !== undefined) return { trouble: result.trouble };
  const words = () => oneLine(withoutFolder(`${result.stdout}\n${result.stderr}`, folder));
  if (!result.ok || !result.stdout.startsWith("{")) return { trouble: words() };
  const { results, summary } = JSON.parse(result.stdout) as Report;
  if (!results) return { trouble: `looked at nothing: ${words()}` };
  if (summary?.parsing_errors) return { trouble: `cannot read ${summary.parsing_errors} files: ${words()}` };
  return results.failed_checks.flatMap((failed) =>
    findingsOf(failed, files.get(posix.basename(failed.file_path))),
  );
}

function findingsOf(
  { check_id, check_name, resource }: FailedCheck,
  at: Deployed | undefined,
): ToolFinding[] {
  if (!at) throw new Error(`checkov tells of a file that it was not given, with ${resource}`);
  const idOf = ({ kind, metadata: { namespace, name } }: Deployed["objects"][number]) =>
    `${kind}.${namespace ?? "default"}.${name}`;
  const found = at.objects.find((object) => idOf(object) === resource);
  const [kind = "", ...others] = resource.split(".");
  const name = found?.metadata.name ?? others.slice(1).join(".");
  return [{ at, id: check_id, kind, name, message: oneLine(check_name) }];
}
