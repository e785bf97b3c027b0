import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Deployed } from "../stacks/deployed-objects.ts";
import type { Check, CheckContext } from "./check.ts";
import { judged, type ToolFinding } from "./hardening/judge.ts";
import { placeName, yamlOf } from "./hardening/objects.ts";
import { runTool } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";
import { twoAtATime } from "./two-at-a-time.ts";

/** kube-score judges every object that is deployed, by its own rules. */
export const kubeScore: Check = {
  name: "kube-score",
  title: "Objects of every environment (kube-score)",
  needs: ["kube-score"],
  run: (context) => judged(context, { tool: "kube-score", rule: "check/kube-score", ask }),
};

/** The oldest Kubernetes that stacks are deployed to, which the API versions of objects must fit. */
const KUBERNETES = "v1.30";

/** The best grade; the others are "almost" (7), a warning (5) and critical (1). */
const ALL_OK = 10;

/** An object as `kube-score score -o json` tells of it. */
interface Scored {
  type_meta: { kind: string };
  object_meta: { name: string };
  checks?:
    | {
        check: { id: string; name: string };
        grade: number;
        skipped: boolean;
        comments?: { summary: string }[] | null;
      }[]
    | null;
}

async function ask(
  context: CheckContext,
  places: readonly Deployed[],
): Promise<ToolFinding[] | { trouble: string }> {
  const folder = join(await context.workspace(), "kube-score");
  await mkdir(folder, { recursive: true });
  let done = 0;
  const found = await twoAtATime(places, async (at) => {
    const said = await score(context, { at, folder });
    done += 1;
    context.progress(`${done} of ${places.length} environments`);
    return said;
  });
  const troubles = found.flatMap((one) => ("trouble" in one ? [one.trouble] : []));
  return troubles[0] !== undefined
    ? { trouble: troubles[0] }
    : found.flatMap((one) => ("trouble" in one ? [] : one));
}

async function score(
  context: CheckContext,
  { at, folder }: { at: Deployed; folder: string },
): Promise<ToolFinding[] | { trouble: string }> {
  const file = `${placeName(at)}.yaml`;
  await writeFile(join(folder, file), yamlOf(at));
  const options = ["--kubernetes-version", KUBERNETES, "--output-format", "json", "--output-version", "v2"];
  // Objects cannot ask to be left out: what is allowed stands in the catalog.
  const nobody = ["--disable-ignore-checks-annotations", "--disable-optional-checks-annotations"];
  const { trouble, stdout, stderr } = await runTool({
    path: context.tool("kube-score"),
    args: ["score", ...options, ...nobody, "--enable-optional-test", "container-seccomp-profile", file],
    cwd: folder,
    seconds: 60,
    env: { HOME: folder },
    signal: context.signal,
  });
  // It exits with 1 for findings and for failures alike; only of findings does it write JSON.
  if (trouble !== undefined) return { trouble: `${trouble} (${file})` };
  if (!/^(\[|null)/.test(stdout)) return { trouble: oneLine(withoutFolder(`${stdout}\n${stderr}`, folder)) };
  return ((JSON.parse(stdout) ?? []) as Scored[]).flatMap((object) => findingsOf(object, at));
}

function findingsOf({ type_meta, object_meta, checks }: Scored, at: Deployed): ToolFinding[] {
  return (checks ?? [])
    .filter(({ grade, skipped }) => !skipped && grade < ALL_OK)
    .flatMap(({ check, comments }) => {
      const said = (comments ?? []).map(({ summary }) => summary);
      return (said.length > 0 ? said : [check.name]).map((message) => ({
        ...{ at, id: check.id, kind: type_meta.kind, name: object_meta.name },
        message: oneLine(message),
      }));
    });
}
