import { z } from "zod";
import { problemsIn, readYaml } from "../../catalog/load/yaml-file.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";
import { outcome, type Replay } from "./replay.ts";

const id = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be the 64 hexadecimal digits that the record is filed under");
const schema = z.strictObject({
  explained: z
    .array(z.strictObject({ reason: z.string().trim().min(1), records: z.array(id).min(1) }))
    .min(1),
});

/** Reasons, by record, why what stopped then may go on now, and where each record is named. */
export type Explained = ReadonlyMap<string, { reason: string; location: NonNullable<Problem["location"]> }>;

/** Reads a file of reasons: `explained: [{ reason, records: [ID, …] }]`. Throws a ProblemsError with all that is wrong in it. */
export async function readExplained(root: string, file: string): Promise<Explained> {
  const document = await readYaml(root, file);
  const parsed = schema.safeParse(document.value, { jitless: true });
  if (!parsed.success || document.problems.some(({ severity }) => severity === "error")) {
    const issues = document.value === undefined ? [] : (parsed.error?.issues ?? []);
    throw new ProblemsError([
      ...document.problems,
      ...problemsIn(document, explainIssues(issues, document.value, schema)),
    ]);
  }
  return new Map(
    parsed.data.explained.flatMap(({ reason, records }, i) =>
      records.map((record, j) => [
        record,
        { reason, location: document.locate(["explained", i, "records", j]) },
      ]),
    ),
  );
}

/** Every decision that stopped then and goes on now without a reason is an error at its policy; a reason that explains nothing is a warning. */
export function unexplained(
  { flips }: Replay,
  { explained, policyOf }: { explained: Explained; policyOf: (gate: string) => string | undefined },
): Problem[] {
  const letGo = flips.filter(({ letsGo }) => letsGo);
  const known = new Set(letGo.map((flip) => flip.id));
  const idle = [...explained].filter(([record]) => !known.has(record));
  return [
    ...letGo
      .filter((flip) => !explained.has(flip.id))
      .map((flip): Problem => {
        const { id: record, gate, release, environment, from, because } = flip;
        const file = policyOf(gate);
        const what = release === undefined ? gate : `${gate} of ${release}`;
        return {
          ...{ rule: "policy/unexplained-flip", severity: "error", path: record },
          message: `${what} in ${environment} was ${from} and would be ${outcome(flip)} now (${because})`,
          ...(file !== undefined && { location: { file, line: 1, column: 1, exact: false } }),
          fix: "mend the policy, or say why it may go on in the file of --explained",
        };
      }),
    ...idle.map(
      ([record, { location }]): Problem => ({
        ...{ rule: "policy/explains-nothing", severity: "warning", location },
        message: `no decision ${record.slice(0, 12)}… stopped then and goes on now`,
        fix: "take it out",
      }),
    ),
  ];
}
