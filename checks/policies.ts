import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isPolicyFile } from "../model/policies.ts";
import { pathLabel } from "../model/problems.ts";
import type { Problem } from "../problems/problem.ts";
import type { Check, CheckContext } from "./check.ts";
import { senseOf } from "./policy-sense.ts";

/** Policies that their schema accepts and that still cannot be meant, and policies that no gate asks. */
export const policies: Check = {
  name: "policies",
  title: "Gate policies: units, criteria, weights",
  needs: [],
  catalogOnly: true,
  async run(context) {
    const { model, root } = context;
    const used = model.platforms.flatMap((platform) => {
      const files = new Map(platform.gates.map((gate) => [gate.policy.file, gate.policy]));
      return [...files.values()].map((policy) => ({ platform, policy }));
    });
    const problems = used.flatMap(({ platform, policy }) =>
      senseOf(policy, platform.slos).map(({ path, ...nonsense }): Problem => {
        const location = context.locate({
          platform: platform.name,
          path: ["policies", policy.file, ...path],
        });
        return { severity: "error", ...nonsense, path: pathLabel(path), ...(location && { location }) };
      }),
    );
    const files = await policyFiles(
      root,
      model.platforms.map((p) => p.name),
    );
    return { problems: [...problems, ...unused(context, files)], files: files.length };
  },
};

/** Paths of the policy files of some platforms, from the project root. */
export async function policyFiles(root: string, platforms: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    platforms.map(async (platform) => {
      const names = await readdir(join(root, "policies", platform)).catch(() => []);
      return names.filter(isPolicyFile).map((name) => `policies/${platform}/${name}`);
    }),
  );
  return found.flat().sort();
}

function unused({ model }: CheckContext, files: readonly string[]): Problem[] {
  const used = new Set(model.platforms.flatMap((p) => p.gates.map((gate) => gate.policy.file)));
  return files
    .filter((file) => !used.has(file))
    .map((file) => ({
      rule: "check/policy-unused",
      severity: "warning",
      message: `no gate names the policy ${file}`,
      location: { file, line: 1, column: 1, exact: true },
      fix: "name it in a gate of the catalog, or delete it",
    }));
}
