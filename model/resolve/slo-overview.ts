// The dashboard that every platform with SLOs has without describing it.
import { errorSeries } from "../alerting/error-ratio.ts";
import { WINDOW_SECONDS } from "../alerting/tiers.ts";
import { Kept } from "../kept.ts";
import type { Dashboard, Origin, Panel, Slo } from "../model.ts";
import { dashboardUid, SLO_OVERVIEW } from "../names.ts";
import { promqlString } from "../selection.ts";

type Thresholds = Panel["thresholds"];
/** Of what is left of a budget: nothing, less than a quarter, more. */
const BUDGET_COLORS: Thresholds = [
  { value: 0, color: "red" },
  { value: 0.001, color: "orange" },
  { value: 0.25, color: "green" },
];
// At a burn rate of 1 the budget lasts exactly its period.
const BURN_COLORS: Thresholds = [{ value: 1, color: "orange" }];

/** How every SLO of a platform stands: all in one table, then each with its budget and its burn rates. */
export function sloOverview(
  { name: platform, origin }: { name: string; origin: Origin },
  slos: readonly Slo[],
): Dashboard | undefined {
  if (slos.length === 0) return undefined;
  return {
    name: SLO_OVERVIEW,
    origin,
    source: "slos",
    meets: [],
    uid: dashboardUid(platform, SLO_OVERVIEW),
    title: "SLO overview",
    description: "How much of each error budget is left, how fast it is spent, and who has been told.",
    tags: ["slo"],
    variables: [],
    rows: [
      { title: "All SLOs", panels: [numbered(table(platform, { slos, origin }), 1)] },
      ...slos.map((slo, i) => rowOf(slo, 2 * i + 2)),
    ],
  };
}

/** An SLO's row, its panels numbered from `id` on. */
function rowOf(slo: Slo, id: number): Dashboard["rows"][number] {
  return rows.get({ owner: slo, name: String(id), madeOf: () => [] }, () => ({
    title: slo.title,
    panels: [numbered(budgetLeft(slo), id), numbered(burnRates(slo), id + 1)],
  }));
}

const rows = new Kept<Dashboard["rows"][number]>();

function numbered(panel: UnnumberedPanel, id: number): Panel {
  return { alerts: [], meets: [], ...panel, id };
}

type UnnumberedPanel = Omit<Panel, "id" | "alerts" | "meets">;

function table(
  platform: string,
  { slos, origin }: { slos: readonly Slo[]; origin: Origin },
): UnnumberedPanel {
  const own = `{platform=${promqlString(platform)}}`;
  const worst = (of: "max" | "min", expr: string) => `${of} by (service, slo) (${expr})`;
  const remaining = `slo:period_error_budget_remaining:ratio${own}`;
  return {
    title: "Budgets and burn rates",
    description:
      "The worst group of each SLO, the smallest budget first. Time left is how long a total failure may still last in this period. At a burn rate of 1 the budget lasts exactly its period. State: who has been told, or that the budget is spent.",
    type: "table",
    unit: "count",
    thresholds: [],
    slos: [],
    width: "full",
    origin,
    queries: [
      {
        expr: worst("min", remaining),
        legend: "Budget left",
        unit: "percent",
        thresholds: BUDGET_COLORS,
      },
      { expr: worst("min", timeLeft(slos, own)), legend: "Time left", unit: "seconds" },
      { expr: state(own), legend: "State", unit: "slo-state" },
      { expr: worst("max", `slo:objective:ratio${own}`), legend: "Objective", unit: "percent" },
      { expr: `1 - ${worst("max", `slo:period_error:ratio${own}`)}`, legend: "Reached", unit: "percent" },
      ...windowsOf(slos).map((window) => ({
        expr: worst("max", burnRate(window, own)),
        legend: `Burn ${window}`,
        thresholds: BURN_COLORS,
      })),
    ],
  };
}

/** The budget that is left as seconds of total failure: its share of the period's length. */
function timeLeft(slos: readonly Slo[], own: string): string {
  const periods = new Map(slos.map(({ period, periodSeconds }) => [period, periodSeconds]));
  const inner = own.slice(1, -1);
  const lengths = [...periods]
    .sort()
    .map(([period, seconds]) => `slo:info{${inner},period=${promqlString(period)}} * ${seconds}`)
    .join(" or ");
  const budget = `on (service, slo) group_left () slo:error_budget:ratio${own}`;
  const left = `clamp_min(slo:period_error_budget_remaining:ratio${own}, 0)`;
  return `${left} * ${budget} * on (service, slo) group_left () (${lengths})`;
}

/** 3 budget spent, 2 paged, 1 ticket, 0 none of them. */
function state(own: string): string {
  const firing = (severity: string) =>
    `ALERTS{${own.slice(1, -1)},slo=~".+",alertstate="firing",severity="${severity}"}`;
  const spent = `3 * (slo:period_error_budget_remaining:ratio${own} <= bool 0)`;
  return `max by (service, slo) (${spent} or 2 * ${firing("critical")} or 1 * ${firing("warning")})`;
}

function burnRate(window: string, own: string): string {
  return `${errorSeries(window)}${own} / on (service, slo) group_left () slo:error_budget:ratio${own}`;
}

/** The windows that tiers look at, shortest first. */
function windowsOf(slos: readonly Pick<Slo, "tiers">[]): string[] {
  const used = new Set(slos.flatMap(({ tiers }) => tiers.flatMap(({ short, long }) => [short, long])));
  return [...WINDOW_SECONDS.keys()]
    .filter((window) => used.has(window))
    .sort((a, b) => (WINDOW_SECONDS.get(a) ?? 0) - (WINDOW_SECONDS.get(b) ?? 0));
}

const ownOf = ({ labels }: Slo) =>
  `{platform=${promqlString(labels.platform ?? "")},slo=${promqlString(labels.slo ?? "")}}`;

function budgetLeft(slo: Slo): UnnumberedPanel {
  const { name, origin, by } = slo;
  return {
    title: `${name}: budget left`,
    description: `${slo.title}: what is left of the ${slo.period} error budget. Below zero the objective of ${percent(slo.objective)} is missed.`,
    type: "timeseries",
    unit: "percent",
    thresholds: BUDGET_COLORS,
    slos: [name],
    width: "half",
    origin,
    queries: [
      {
        expr: `slo:period_error_budget_remaining:ratio${ownOf(slo)}`,
        legend: groupLegend(by, "budget left"),
      },
    ],
  };
}

function burnRates(slo: Slo): UnnumberedPanel {
  const { name, origin, by, tiers } = slo;
  const pages = tiers.filter(({ severity }) => severity === "critical").map(({ factor }) => factor);
  return {
    title: `${name}: burn rate`,
    description: `${slo.title}: how many times faster than allowed the budget is spent, by the windows of its alerts.`,
    type: "timeseries",
    unit: "count",
    thresholds: [
      ...BURN_COLORS,
      ...(pages.length > 0 ? [{ value: Math.min(...pages), color: "red" as const }] : []),
    ],
    slos: [name],
    width: "half",
    origin,
    queries: windowsOf([slo]).map((window) => ({
      expr: burnRate(window, ownOf(slo)),
      legend: groupLegend(by, window),
    })),
  };
}

function groupLegend(by: readonly string[], text: string): string {
  return [...by.map((label) => `{{${label}}}`), text].join(" ");
}

const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(12))}%`;
