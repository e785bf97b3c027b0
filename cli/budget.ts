import { type Budget, readBudgets } from "../live/budgets.ts";
import { connect } from "../live/prometheus.ts";
import { sparkline } from "../live/sparkline.ts";
import type { Platform, Slo } from "../model/model.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { readablePercent } from "../model/readable.ts";
import { printable, printableJson } from "../problems/printable.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { exitCodes } from "./exit-codes.ts";
import { prometheusProblem } from "./prometheus-problem.ts";
import { printProblems } from "./run.ts";
import { table } from "./table.ts";
import { printData, printNote } from "./terminal.ts";

export interface BudgetOptions {
  platform?: string[];
  env?: string[];
  prometheus?: string;
  at?: Date;
  format: "text" | "json";
}

/** `fairlead budget [SLO...]`. Inconclusive where a budget has no data: nobody must take silence for health. */
export async function budget(names: readonly string[], options: BudgetOptions): Promise<number> {
  const project = await loadProject(process.cwd(), {
    ...(options.platform && { platforms: options.platform }),
  });
  const { platforms } = restrict(project.model, selectedOf(project, options));
  const slos = chosen(platforms, names);
  const url = options.prometheus ?? linkedPrometheus(platforms);
  const at = options.at ?? new Date();
  let budgets: Budget[];
  try {
    budgets = await readBudgets(connect(url, { seconds: 30 }), { slos, at });
  } catch (error) {
    await printProblems([prometheusProblem(error, { url, fix: "see the address" })]);
    return exitCodes.problems;
  }
  printData(options.format === "json" ? printableJson(plain(budgets, at)) : text(budgets));
  const missing = budgets.filter(({ left }) => left === undefined);
  if (missing.length === 0) return exitCodes.done;
  const listed = [...new Set(missing.map(({ slo }) => slo.id))].join(", ");
  printNote(
    `No budget is known of ${listed}: nothing was recorded in the last 15 min before ${at.toISOString()}.`,
  );
  return exitCodes.inconclusive;
}

/** SLOs by NAME or PLATFORM/NAME, or all. */
function chosen(platforms: readonly Platform[], names: readonly string[]): Slo[] {
  const all = platforms.flatMap((platform) => platform.slos);
  const known = [...all.map(({ id }) => id), ...all.map(({ name }) => name)];
  const problems = unknownChoices("slo", names, known);
  if (problems.length > 0) throw new UsageError(problems);
  return names.length === 0 ? all : all.filter(({ id, name }) => names.includes(id) || names.includes(name));
}

/** The address that all environments which are left have in common. */
function linkedPrometheus(platforms: readonly Platform[]): string {
  const urls = platforms.flatMap(({ environments }) => environments.map(({ links }) => links.prometheus));
  const [url, ...others] = new Set(urls);
  if (url !== undefined && others.length === 0) return url;
  const message = "it is not said which Prometheus is asked";
  const fix = "write --prometheus URL, or --platform and --env of an environment whose links name one";
  throw new UsageError([{ rule: "live/no-prometheus", severity: "error", message, fix }]);
}

function text(budgets: readonly Budget[]): string {
  const rows = budgets.map((one) => [
    nameOf(one),
    `${readablePercent(one.slo.objective)} of ${one.slo.period}`,
    one.left === undefined ? "no data" : share(one.left),
    one.burn === undefined ? "no data" : `${short(one.burn)}×`,
    `${sparkline(one.history)}  ${range(one.history)}`.trimEnd(),
  ]);
  const moments = budgets.flatMap((one) => one.worst.map((moment) => ({ one, moment })));
  const worst = moments.map(({ one, moment: { from, to, burn, spent } }) => [
    nameOf(one),
    `${minute(from)} to ${minute(to)}`,
    `${short(burn)}×`,
    `about ${share(spent)}`,
  ]);
  const lines = [
    table([["SLO", "OBJECTIVE", "LEFT", "BURN NOW", "LEFT OVER THE PERIOD"], ...rows].map(safe)),
  ];
  if (worst.length > 0) {
    const head = ["WORST MOMENTS", "WHEN (UTC)", "HIGHEST BURN", "OF THE BUDGET"];
    lines.push("", table([head, ...worst].map(safe)));
  }
  return lines.join("\n");
}

/** Between which values the curve runs: it says nothing of its height by itself. */
function range(history: Budget["history"]): string {
  const known = history.filter((value) => value !== undefined);
  return known.length === 0 ? "" : `${share(Math.min(...known))} … ${share(Math.max(...known))}`;
}

const safe = (row: readonly string[]) => row.map(printable);

// Label values are an outside server's words.
function nameOf({ slo, group }: Budget): string {
  const labels = Object.entries(group).map(([name, value]) => `${name}=${value}`);
  return [slo.id, ...labels].join(" ");
}

const share = (ratio: number) => readablePercent(Number(ratio.toPrecision(3)));
const short = (value: number) => String(Number(value.toPrecision(3)));
const minute = (at: Date) => at.toISOString().slice(0, 16).replace("T", " ");

function plain(budgets: readonly Budget[], at: Date) {
  return {
    at,
    budgets: budgets.map(({ slo, group, left, burn, history, worst }) => ({
      slo: slo.id,
      group,
      objective: slo.objective,
      period: slo.period,
      left: left ?? null,
      burn: burn ?? null,
      // JSON has no place for what is not known.
      history: history.map((value) => value ?? null),
      worst,
    })),
  };
}
