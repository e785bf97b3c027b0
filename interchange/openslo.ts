import type { Location } from "../problems/problem.ts";
import type { Findings, Foreign, ForeignSli, ForeignSlo } from "./foreign.ts";
import { conditionsLeftOut } from "./openslo-alerting.ts";
import { ANNOTATIONS } from "./openslo-annotations.ts";
import { periodOf } from "./openslo-period.ts";
import { type OpenSli, type OpenSlo, type OpenSloObject, openSloObject } from "./openslo-schema.ts";
import { ratioSli, thresholdOf } from "./openslo-sli.ts";
import { fitting, type Read, readDocuments } from "./read-documents.ts";

/** Objects of one kind, by name. */
type Objects<K extends OpenSloObject["kind"]> = ReadonlyMap<
  string,
  Read<Extract<OpenSloObject, { kind: K }>>
>;

/** What an SLO refers to. */
export interface References {
  indicators: Objects<"SLI">;
  sources: Objects<"DataSource">;
  findings: Findings;
}

/** The SLOs of OpenSLO files, in which each other object is looked up, and what of them cannot be carried over. */
export async function readOpenSlo(files: readonly string[], findings: Findings): Promise<Foreign> {
  const documents = await readDocuments(files, findings);
  const objects = documents.flatMap(
    (document) => fitting(document, { schema: openSloObject, findings }) ?? [],
  );
  const ofKind = <K extends OpenSloObject["kind"]>(kind: K): Objects<K> => {
    const own = objects.filter(
      (one): one is Read<Extract<OpenSloObject, { kind: K }>> => one.value.kind === kind,
    );
    return new Map(own.map((one) => [one.value.metadata.name, one]));
  };
  const references = { indicators: ofKind("SLI"), sources: ofKind("DataSource"), findings };
  for (const one of objects) leaveOut(one, findings);
  const services = [...ofKind("Service")].map(([name, { value }]) => {
    const description = value.spec?.description?.trim();
    return [
      name,
      { title: value.metadata.displayName || name, ...(description && { description }) },
    ] as const;
  });
  const slos = [...ofKind("SLO").values()].flatMap((read) => slosOf(read, references));
  if (slos.length === 0 && !findings.hasErrors() && objects[0])
    findings.add("interchange/no-slo", objects[0].at("kind"), {
      message: "none of the objects is an SLO",
      fix: "name the files of the SLOs too",
    });
  return { slos, services: Object.fromEntries(services) };
}

function leaveOut({ value, at }: Read<OpenSloObject>, findings: Findings): void {
  const { labels, annotations } = value.metadata;
  const foreign = Object.keys(annotations ?? {}).filter(
    (name) => !Object.values<string>(ANNOTATIONS).includes(name),
  );
  const names = [...Object.keys(labels ?? {}), ...foreign];
  if (names.length > 0)
    findings.leftOut(
      at("metadata"),
      `the metadata ${names.join(", ")} is left out`,
      "write what people must know as title or description",
    );
  if (value.kind === "DataSource")
    findings.leftOut(
      at("spec"),
      "how to reach the data source is left out",
      "write its address in environments.ts, at links.prometheus",
    );
  if (value.kind === "AlertNotificationTarget")
    findings.leftOut(
      at("spec"),
      `who is told by "${value.metadata.name}" is left out`,
      "write it as a receiver in routing.ts",
    );
  if (value.kind === "AlertPolicy" || value.kind === "AlertCondition")
    conditionsLeftOut({ value, at }, findings);
}

function slosOf(read: Read<OpenSlo>, references: References): ForeignSlo[] {
  const { spec } = read.value;
  const { findings } = references;
  const period = periodOf(read, findings);
  const indicator = indicatorOf(read, references);
  if (spec.budgetingMethod !== "Occurrences") {
    findings.add("interchange/budgeting", read.at("spec", "budgetingMethod"), {
      message: `the budget counts ${spec.budgetingMethod}, and here it counts events, or minutes of a gauge`,
      fix: 'write "Occurrences", or the SLO by hand as a gauge of whether the slice was good',
    });
  }
  return spec.objectives.flatMap((_, i) => {
    const sli = indicator && sliOf({ read, i, ...indicator }, references);
    const target = targetOf(read, i, findings);
    if (!sli || !period || target === undefined) return [];
    return [{ ...describedSlo(read, i), ...target, period, sli }];
  });
}

/** The percentage of an objective, and where it stands. */
function targetOf(
  { value, at }: Read<OpenSlo>,
  i: number,
  findings: Findings,
): Pick<ForeignSlo, "objective" | "objectiveAt"> | undefined {
  const { target, targetPercent } = value.spec.objectives[i] ?? {};
  const objectiveAt = at("spec", "objectives", i, targetPercent === undefined ? "target" : "targetPercent");
  const percent = targetPercent ?? (target === undefined ? undefined : target * 100);
  if (percent !== undefined) return { objective: Number(percent.toPrecision(12)), objectiveAt };
  findings.add("interchange/objective", objectiveAt, {
    message: "the objective has no target",
    fix: "add target: 0.999",
  });
  return undefined;
}

/** What an SLO of one objective is called and says: of several objectives each becomes an SLO of its own. */
function describedSlo(
  { value: { metadata, spec }, at }: Read<OpenSlo>,
  i: number,
): Omit<ForeignSlo, "objective" | "objectiveAt" | "period" | "sli"> {
  const several = spec.objectives.length > 1;
  const own = spec.objectives[i]?.displayName || String(i + 1);
  const title = metadata.annotations?.[ANNOTATIONS.title] || metadata.displayName || metadata.name;
  return {
    name: several ? `${metadata.name}-${own}` : metadata.name,
    service: spec.service,
    title: several ? `${title}: ${own}` : title,
    description: spec.description?.trim() || `${title} of ${spec.service}.`,
    ...annotated(metadata.annotations ?? {}),
    location: at("metadata", "name"),
  };
}

function annotated(annotations: Readonly<Record<string, string>>) {
  const [runbook, noTraffic, events] = [
    annotations[ANNOTATIONS.runbook],
    annotations[ANNOTATIONS.noTraffic],
    annotations[ANNOTATIONS.minimumEvents],
  ];
  return {
    ...(runbook !== undefined && { runbook }),
    ...(noTraffic !== undefined && { noTraffic }),
    ...(events !== undefined && { minimumEvents: Number(events) }),
  };
}

interface Indicator {
  spec: OpenSli;
  at: (...path: (string | number)[]) => Location;
}

function indicatorOf(
  { value, at }: Read<OpenSlo>,
  { indicators, findings }: References,
): Indicator | undefined {
  const { indicator, indicatorRef } = value.spec;
  if (indicator) return { spec: indicator.spec, at: (...path) => at("spec", "indicator", "spec", ...path) };
  const found = indicatorRef === undefined ? undefined : indicators.get(indicatorRef);
  if (found) return { spec: found.value.spec, at: (...path) => found.at("spec", ...path) };
  const known = [...indicators.keys()].map((name) => `"${name}"`).join(", ") || "none";
  findings.add("interchange/reference", at("spec", "indicatorRef"), {
    message:
      indicatorRef === undefined
        ? "the SLO has no indicator"
        : `there is no SLI "${indicatorRef}" in the files; they have ${known}`,
    fix: "name the file with the SLI too, or write the indicator in place",
  });
  return undefined;
}

function sliOf(
  { read, i, spec, at }: Indicator & { read: Read<OpenSlo>; i: number },
  references: References,
): ForeignSli | undefined {
  const objective = read.value.spec.objectives[i];
  if (spec.thresholdMetric) {
    const question = {
      metric: spec.thresholdMetric,
      at,
      objective,
      objectiveAt: read.at("spec", "objectives", i),
    };
    return thresholdOf(question, references);
  }
  if (objective?.op !== undefined || objective?.value !== undefined)
    references.findings.leftOut(
      read.at("spec", "objectives", i),
      "op and value are left out: a ratio is compared with its target alone",
      "take them out",
    );
  if (spec.ratioMetric) return ratioSli({ metric: spec.ratioMetric, at }, references);
  references.findings.add("interchange/query", at(), {
    message: "the SLI measures nothing",
    fix: "give it a ratioMetric or a thresholdMetric",
  });
  return undefined;
}
