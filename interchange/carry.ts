import { buildModel } from "../model/build.ts";
import type { Model } from "../model/model.ts";
import type { Place } from "../model/problems.ts";
import type { Location } from "../problems/problem.ts";
import type { Findings, Foreign, ForeignSlo } from "./foreign.ts";
import { namesOf, slug } from "./names.ts";
import { type CarriedSlo, type PlatformData, platformInput, platformOf } from "./platform.ts";
import { carrySli } from "./sli.ts";

/** What is made of foreign SLOs: a platform's data, and its model. */
export interface Carried {
  data: PlatformData;
  model: Model;
}

/** Foreign SLOs as one platform; whatever the catalog would have against it is a finding at the SLO it is about. */
export function carryOver(
  { slos, services }: Foreign,
  { platform, findings }: { platform: string; findings: Findings },
): Carried {
  const taken = namesOf(slos, findings);
  const carried = slos.flatMap((slo, i): (CarriedSlo & { slo: ForeignSlo })[] => {
    const sli = carrySli(slo, { platform, findings });
    const name = taken[i];
    if (!sli || name === undefined) return [];
    return [{ name, slo, service: slug(slo.service), terms: sli.terms, spec: specOf(slo, sli.sli) }];
  });
  for (const one of carried) sayTargetLabels(one, { platform, findings });
  const data = platformOf(
    platform,
    carried,
    new Map(Object.entries(services).map(([name, said]) => [slug(name), said])),
  );
  // What is missing from it would be wrong with it again.
  if (carried.length === 0 || findings.hasErrors())
    return { data, model: { platforms: [], requirements: [] } };
  const places = new Map(carried.map(({ name, slo }) => [name, slo]));
  const locate = (place: Place) => locationOf(place, { places, carried });
  const { model, problems } = buildModel({
    platforms: [{ name: platform, value: platformInput(data) }],
    policies: [],
    requirements: [],
    locate,
  });
  findings.problems.push(...problems);
  return { data, model };
}

/** An SLO of the catalog, as data. */
export function specOf(slo: ForeignSlo, sli: Record<string, unknown>): Record<string, unknown> {
  const { title, description, runbook } = slo;
  const look = slo.sli.kind === "ratio" ? "How fast is the budget used up?" : "Is it as it should be again?";
  const first = runbook === undefined ? [] : [{ do: `Follow ${runbook}` }];
  return {
    title,
    description,
    service: slug(slo.service),
    objective: `${decimal(slo.objective)}%`,
    period: slo.period,
    sli,
    ...(slo.noTraffic !== undefined && { noTraffic: slo.noTraffic }),
    ...(slo.minimumEvents !== undefined && { minimumEvents: slo.minimumEvents }),
    runbook: {
      meaning: description,
      impact: `What ${slo.service} promises is about to be missed.`,
      diagnosis: [{ do: look, query: `slo:current_burn_rate:ratio`, good: "below 1", bad: "above 1" }],
      mitigation: [
        ...first,
        {
          do: "Undo what was changed last.",
          command: `kubectl -n $NAMESPACE rollout undo deployment/${slug(slo.service)}`,
        },
      ],
    },
  };
}

// 0.999 × 100 is 99.9 and not 99.90000000000001.
const decimal = (percentage: number) => Number(percentage.toPrecision(12));

function locationOf(
  { path }: Place,
  { places, carried }: { places: ReadonlyMap<string, ForeignSlo>; carried: readonly CarriedSlo[] },
): Location | undefined {
  const [, , kind, name, member, side] = path;
  const slo = kind === "slos" ? places.get(String(name)) : undefined;
  if (slo && member === "objective") return slo.objectiveAt;
  if (slo?.sli.kind === "ratio" && member === "sli")
    return side === "total" ? slo.sli.total.location : slo.sli.part.location;
  if (slo) return slo.location;
  const user = carried.find(({ service, terms }) =>
    kind === "metrics"
      ? terms.some(({ series }) => series.startsWith(String(name)))
      : kind === "services" && service === name,
  );
  return places.get(user?.name ?? carried[0]?.name ?? "")?.location;
}

/** Says where a query keeps to a scrape job of another name than the one that is generated. */
export function sayTargetLabels(
  { slo, terms, service }: CarriedSlo & { slo: ForeignSlo },
  { platform, findings }: { platform: string; findings: Findings },
): void {
  const jobs = terms.flatMap(({ matchers }) => matchers.filter(({ label }) => label === "job"));
  const other = jobs.find(({ op, value }) => op !== "=" || value !== `${platform}-${service}`);
  if (!other) return;
  findings.add(
    "interchange/target-label",
    slo.sli.kind === "ratio" ? slo.sli.total.location : slo.sli.of.location,
    {
      severity: "warning",
      message: `the query selects job${other.op}${JSON.stringify(other.value)}, and the generated scrape configuration names it "${platform}-${service}"`,
      fix: "keep the scrape job that you have, with the labels platform and service, or take the condition out",
    },
  );
}
