import type { Findings, ForeignSlo } from "./foreign.ts";

/** A name of the catalog from any name. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** The names of SLOs in the catalog: an SLO's own where only one has it, otherwise with its service's. Nothing, and a finding, for one whose name another has. */
export function namesOf(slos: readonly ForeignSlo[], findings: Findings): (string | undefined)[] {
  const short = slos.map(({ name }) => slug(name));
  const [before, after] = [firstOf(short), firstOf(short.toReversed())];
  const names = slos.map(({ service }, i) => {
    const own = short[i] ?? "";
    const isOnly = before.get(own) === i && after.get(own) === short.length - 1 - i;
    return isOnly ? own : slug(`${service}-${own}`);
  });
  const firsts = firstOf(names);
  return names.map((name, i) => {
    const first = firsts.get(name) ?? i;
    const slo = slos[i];
    if (first === i || !slo) return name;
    findings.add("interchange/name", slo.location, {
      message: `${JSON.stringify(slo.name)} and ${JSON.stringify(slos[first]?.name)} would both be named "${name}" in the catalog`,
      fix: "rename one of them",
    });
    return undefined;
  });
}

/** Where each name stands first. */
function firstOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, i): [string, number] => [name, i]).toReversed());
}
