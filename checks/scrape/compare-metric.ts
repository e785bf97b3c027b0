import type { Metric } from "../../model/model.ts";
import type { Severity } from "../../problems/problem.ts";
import type { ExposedSample, Family } from "./exposition.ts";

/** A difference of one metric: what, in words that follow its name, and at which of its properties. */
interface Finding {
  rule: `scrape/${string}`;
  text: string;
  fix: string;
  /** An error unless told. */
  severity?: Severity;
  at?: string[];
}

/** In what a metric that is exposed differs from its declaration. */
export function compareMetric(metric: Metric, family: Family): Finding[] {
  const samples = family.samples.filter(({ name }) => !name.endsWith("_created"));
  const said = unsourced(family);
  if (samples.length === 0) {
    // Series of values that nobody lists are born with what they tell of.
    const isOpen = Object.values(metric.labels).some((values) => !Array.isArray(values));
    if (isOpen || said.length > 0) return [...metadata(metric, family), ...said];
    const fix = "initialise every combination of labels with zero when the service starts";
    return [
      ...metadata(metric, family),
      { rule: "scrape/missing-series", text: "has no series", fix, severity: "warning" },
    ];
  }
  return [
    ...metadata(metric, family),
    ...said,
    ...labelNames(metric, samples),
    ...Object.entries(metric.labels).flatMap(([label, values]) =>
      labelValues(label, measured(label, { values, family }), samples),
    ),
    ...buckets(metric, samples),
  ];
}

/** What the service says that it does not measure: nothing to mend in the service, and something to know of what stands on it. */
function unsourced(family: Family): Finding[] {
  return (family.unsourced ?? []).map(({ because, label, values }) => ({
    rule: "scrape/unsourced-metric",
    text: `is not measured${label === undefined ? "" : ` for ${label} ${listed(values)}`}: ${because}`,
    fix: "nothing, as long as nobody relies on it: what is built on it has no data",
    severity: "info",
  }));
}

/** The declared values of a label without those that the service says it does not measure. */
function measured(
  label: string,
  { values, family }: { values: Metric["labels"][string]; family: Family },
): Metric["labels"][string] {
  const left = (family.unsourced ?? []).flatMap((one) => (one.label === label ? one.values : []));
  return Array.isArray(values) ? values.filter((value) => !left.includes(value)) : values;
}

function metadata(metric: Metric, { type, unit, help }: Family): Finding[] {
  const found: Finding[] = [];
  // "unknown" and no type at all come of exporters that do not know it themselves.
  if (type !== undefined && !["unknown", "untyped", metric.type].includes(type)) {
    const text = `is a ${type}, and declared as a ${metric.type}`;
    found.push({ rule: "scrape/wrong-type", text, fix: `expose a ${metric.type}`, at: ["type"] });
  }
  if (unit && metric.unit !== "count" && unit !== metric.unit) {
    const text = `is in ${unit}, and declared in ${metric.unit}`;
    found.push({ rule: "scrape/wrong-unit", text, fix: `expose it in ${metric.unit}`, at: ["unit"] });
  }
  if (help !== undefined && help.trim() !== metric.help.trim()) {
    const text = `says ${JSON.stringify(help)}, and its declaration ${JSON.stringify(metric.help)}`;
    found.push({
      rule: "scrape/other-help",
      text,
      fix: "use the declared text",
      severity: "warning",
      at: ["help"],
    });
  }
  return found;
}

/** Labels of OpenTelemetry's exporters, on every series. */
const EXPORTER_LABEL = /^otel_scope_/;

function labelNames({ labels }: Metric, samples: readonly ExposedSample[]): Finding[] {
  const exposed = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  const extra = [...exposed].filter(
    (label) => !(label in labels) && label !== "le" && !EXPORTER_LABEL.test(label),
  );
  // A label that may be empty may be absent: Prometheus makes no difference.
  const missing = Object.entries(labels)
    .filter(([label, values]) => !exposed.has(label) && !(Array.isArray(values) && values.includes("")))
    .map(([label]) => label);
  const found = (text: string): Finding => ({
    rule: "scrape/wrong-labels",
    text,
    fix: "expose exactly the declared labels",
    at: ["labels"],
  });
  return [
    ...(extra.length > 0 ? [found(`has labels that are not declared: ${listed(extra)}`)] : []),
    ...(missing.length > 0 ? [found(`lacks declared labels: ${listed(missing)}`)] : []),
  ];
}

function labelValues(
  label: string,
  values: Metric["labels"][string],
  samples: readonly ExposedSample[],
): Finding[] {
  if (!samples.some(({ labels }) => label in labels)) return [];
  const seen = new Set(samples.map(({ labels }) => labels[label] ?? ""));
  const at = ["labels", label];
  if (!Array.isArray(values)) {
    if (seen.size <= values.atMost) return [];
    const text = `has ${seen.size} values of label "${label}", and at most ${values.atMost} are declared`;
    return [{ rule: "scrape/wrong-value", text, fix: "bound the values in the service", at }];
  }
  const others = [...seen].filter((value) => !values.includes(value));
  const missing = values.filter((value) => value !== "" && !seen.has(value));
  const found: Finding[] = [];
  if (others.length > 0) {
    const text = `has values of label "${label}" that are not declared: ${listed(others)}`;
    found.push({
      rule: "scrape/wrong-value",
      text,
      fix: "declare the value, or map it to a declared one",
      at,
    });
  }
  if (missing.length > 0) {
    const text = `has no series for values of label "${label}": ${listed(missing)}`;
    const fix =
      "initialise them with zero: a series that is born with its first event hides it from every rate";
    found.push({ rule: "scrape/missing-series", text, fix, severity: "warning", at });
  }
  return found;
}

function buckets({ name, buckets: declared }: Metric, samples: readonly ExposedSample[]): Finding[] {
  if (!declared) return [];
  const bounds = samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map(({ labels }) => Number(labels.le));
  // +Inf is no number here, and every histogram has it.
  const exposed = [...new Set(bounds)].filter(Number.isFinite).sort((a, b) => a - b);
  if (exposed.join() === declared.join()) return [];
  const text = `has buckets ${exposed.join(", ") || "+Inf only"}, and declared are ${declared.join(", ")}`;
  return [
    { rule: "scrape/wrong-buckets", text, fix: "expose exactly the declared buckets", at: ["buckets"] },
  ];
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => JSON.stringify(value));
  return values.length > 5 ? `${shown.join(", ")} and ${values.length - 5} more` : shown.join(", ");
}
