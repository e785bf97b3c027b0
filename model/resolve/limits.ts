import { type DecimalBytes, decimalBytesOf, type LimitSpec } from "../../catalog/limit.ts";
import { type Bytes, bytesOf, type Duration, type Percent, ratioOf, secondsOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Selection } from "../model.ts";
import { at } from "../problems.ts";
import type { Limit } from "../resilience.ts";
import { resolveSelection, type Scope } from "./scope.ts";

/** Limits in base units. */
export function resolveLimits(scope: Scope): Limit[] {
  return scope.described.entries.limits.map((entry) => {
    const { spec, origin, name } = entry;
    scope.references.check("services", spec.service, at(origin, "service"));
    if (spec.alert !== undefined) scope.references.check("alerts", spec.alert, at(origin, "alert"));
    const shownBy = shownByOf(scope, entry);
    const { meets, title, description, service, of, per, reached } = spec;
    const amount = amountOf(spec.atMost);
    if (shownBy) checkUnit(scope, entry, { unit: amount.unit, shownBy });
    return {
      name,
      origin,
      meets,
      title,
      description,
      service,
      of,
      per,
      reached,
      ...amount,
      ...(spec.window !== undefined && { windowSeconds: secondsOf(spec.window) }),
      ...(spec.warnsAt !== undefined && { warnsAtRatio: ratioOf(spec.warnsAt) }),
      waitSeconds: (spec.waits ?? []).map(secondsOf),
      ...(shownBy && { shownBy }),
      ...(spec.alert !== undefined && { alert: spec.alert }),
    };
  });
}

function shownByOf(scope: Scope, { spec, origin }: DescribedEntry<LimitSpec>): Selection | undefined {
  if (!spec.shownBy) return undefined;
  return resolveSelection(scope, spec.shownBy, {
    types: ["gauge", "counter", "histogram"],
    origin,
    path: ["shownBy"],
    service: spec.service,
  });
}

/** A valid amount in base units: "100MB" is 100,000,000 bytes, "30s" 30 seconds, "80%" 0.8. */
function amountOf(text: LimitSpec["atMost"]): Pick<Limit, "atMost" | "unit"> {
  if (typeof text === "number") return { atMost: text, unit: "count" };
  if (text.endsWith("%")) return { atMost: ratioOf(text as Percent), unit: "ratio" };
  if (text.endsWith("B")) return { atMost: decimalBytesOf(text as DecimalBytes), unit: "bytes" };
  if (text.endsWith("i")) return { atMost: bytesOf(text as Bytes), unit: "bytes" };
  return { atMost: secondsOf(text as Duration), unit: "seconds" };
}

// What counts events, or shows a share, says nothing about the limit's own unit.
function checkUnit(
  { problems }: Scope,
  { origin }: DescribedEntry<LimitSpec>,
  { unit, shownBy }: { unit: Limit["unit"]; shownBy: Selection },
): void {
  const measured = ["bytes", "seconds"];
  const shown = shownBy.metric.unit;
  if (shown === unit || !measured.includes(shown) || !measured.includes(unit)) return;
  const message = `the limit is in ${unit}, and ${shownBy.metric.name} in ${shown}`;
  problems.add("resilience/wrong-unit", at(origin, "atMost"), message, { fix: `write it in ${shown}` });
}
