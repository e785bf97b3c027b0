import type { SloSpec } from "../../catalog/slo.ts";
import { secondsOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Metric, Selection, Sli } from "../model.ts";
import { at } from "../problems.ts";
import { conditionsOf } from "../selection.ts";
import { checkShare } from "./alert-sense.ts";
import { resolveCustom } from "./custom-sli.ts";
import { resolveSelection, type Scope } from "./scope.ts";

type Entry = Pick<DescribedEntry<SloSpec>, "spec" | "origin">;
type SliSpec<K extends SloSpec["sli"]["kind"]> = Extract<SloSpec["sli"], { kind: K }>;

/** What an SLO measures, its series chosen; nothing when something about it is wrong, which is then reported. */
export function resolveSli(scope: Scope, entry: Entry): Exclude<Sli, { kind: "composite" }> | undefined {
  const { sli } = entry.spec;
  const sliAt = { origin: entry.origin, path: ["sli"] };
  switch (sli.kind) {
    case "bad-events": {
      const { bad, total } = {
        bad: counter(scope, entry, { key: "bad", from: sli.bad }),
        total: counter(scope, entry, { key: "total", from: sli.total }),
      };
      if (bad && total) checkShare(scope, sliAt, { part: bad, whole: total, names: ["bad", "total"] });
      return bad && total && { kind: sli.kind, bad, total };
    }
    case "good-events": {
      const { good, total } = {
        good: counter(scope, entry, { key: "good", from: sli.good }),
        total: counter(scope, entry, { key: "total", from: sli.total }),
      };
      if (good && total) checkShare(scope, sliAt, { part: good, whole: total, names: ["good", "total"] });
      return good && total && { kind: sli.kind, good, total };
    }
    case "latency":
      return resolveLatency(scope, entry, sli);
    case "freshness":
      return resolveFreshness(scope, entry, sli);
    case "gauge": {
      const of = measured(scope, entry, { ...sli, types: ["gauge"] });
      return of && { kind: sli.kind, of, aggregate: sli.aggregate, is: sli.is, value: sli.value };
    }
    case "custom":
      return resolveCustom(scope, entry, sli);
    case "composite":
      return undefined;
  }
}

/** The selections of an SLI, the one that tells its groups apart last. */
export function selectionsOf(sli: Sli): Selection[] {
  switch (sli.kind) {
    case "bad-events":
      return [sli.bad, sli.total];
    case "good-events":
      return [sli.good, sli.total];
    case "latency":
      return [sli.fast, sli.total];
    case "native-latency":
      return [sli.total];
    case "freshness":
    case "gauge":
      return [sli.of];
    case "custom":
    case "composite":
      return [];
  }
}

function counter(
  scope: Scope,
  { spec, origin }: Entry,
  { key, from }: { key: "bad" | "good" | "total"; from: Parameters<typeof resolveSelection>[1] },
) {
  return resolveSelection(scope, from, {
    origin,
    path: ["sli", key],
    service: spec.service,
    types: ["counter"],
  });
}

interface Measured {
  metric: string;
  where?: SliSpec<"gauge">["where"];
  types: Metric["type"][];
  suffix?: "_count" | "_bucket";
  le?: number;
}

function measured(scope: Scope, { spec, origin }: Entry, { metric, types, suffix, le, ...from }: Measured) {
  const how = {
    origin,
    path: ["sli"],
    service: spec.service,
    types,
    ...(suffix && { suffix }),
    ...(le && { le }),
  };
  return resolveSelection(scope, { metric, where: conditionsOf(from) }, how);
}

function resolveLatency(
  scope: Scope,
  entry: Entry,
  sli: SliSpec<"latency">,
): (Sli & { kind: "latency" | "native-latency" }) | undefined {
  const thresholdSeconds = secondsOf(sli.threshold);
  const metric = scope.metrics.get(sli.metric);
  if (metric?.native) {
    const total = measured(scope, entry, { ...sli, types: ["histogram"] });
    return total && { kind: "native-latency", total, thresholdSeconds };
  }
  const total = measured(scope, entry, { ...sli, types: ["histogram"], suffix: "_count" });
  if (!total) return undefined;
  if (!total.metric.buckets?.includes(thresholdSeconds)) {
    if (!scope.problems.isSound(at(total.metric.origin))) return undefined;
    const buckets = total.metric.buckets?.join(", ");
    scope.problems.add(
      "slo/bucket-missing",
      at(entry.origin, "sli", "threshold"),
      `"${sli.metric}" has no bucket that ends at ${sli.threshold} (it has ${buckets})`,
      {
        fix: `add ${thresholdSeconds} to the metric's buckets, or choose one of them: anything else is guessed between two buckets`,
      },
    );
    return undefined;
  }
  const fast = measured(scope, entry, {
    ...sli,
    types: ["histogram"],
    suffix: "_bucket",
    le: thresholdSeconds,
  });
  return fast && { kind: sli.kind, fast, total, thresholdSeconds };
}

function resolveFreshness(
  scope: Scope,
  entry: Entry,
  sli: SliSpec<"freshness">,
): Extract<Sli, { kind: "freshness" }> | undefined {
  const of = measured(scope, entry, { ...sli, types: ["gauge"] });
  if (!of) return undefined;
  const isMeasured = scope.problems.isSound(at(of.metric.origin, "unit"));
  if (isMeasured && of.metric.unit !== "seconds") {
    scope.problems.add(
      "slo/not-a-time",
      at(entry.origin, "sli", "metric"),
      `"${sli.metric}" is in ${of.metric.unit}, and freshness needs the Unix time at which something last happened`,
      { fix: 'choose a gauge in seconds, such as "backup_last_success_timestamp_seconds"' },
    );
    return undefined;
  }
  const aggregate = sli.counts === "newest" ? "max" : "min";
  return { kind: sli.kind, of, aggregate, youngerThanSeconds: secondsOf(sli.youngerThan) };
}
