import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "../model/model.ts";
import { inspectPromql, type VectorSelector } from "../model/promql/inspect.ts";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import {
  historyOf,
  type Moment,
  moments,
  NOW,
  type Readings,
  seriesLabels,
  targetsOf,
} from "./panels/history.ts";
import { openMetrics } from "./panels/open-metrics.ts";
import { nativeHistograms } from "./panels/otlp.ts";
import { type Prometheus, withPrometheus } from "./panels/prometheus.ts";
import { type Question, questionsOf } from "./panels/questions.ts";
import { inTens, isNumber, record, type SilentRule } from "./panels/recorded.ts";
import { unlessPassed } from "./passed.ts";
import { runTool } from "./run-tool.ts";

/** Asks a real Prometheus, full of made-up history, everything that dashboards and recording rules ask. */
export const panels: Check = {
  name: "panels",
  title: "Every panel, variable and recording rule has data (Prometheus)",
  needs: ["promtool", "prometheus"],
  async run(context) {
    const questions = questionsOf(context);
    // Without an environment there are no targets, and no dashboard is generated.
    const platforms = context.model.platforms.filter(({ environments }) => environments.length > 0);
    if (platforms.length === 0) return { problems: [], files: 0 };
    const problems = await unlessPassed(context.passed, inputsOf(questions, platforms), () =>
      findSilent(context, questions, platforms),
    );
    return { problems, files: new Set(questions.map(({ file }) => file.path)).size };
  },
};

/** Everything that the answers depend on, beside the tools. */
function inputsOf(questions: readonly Question[], platforms: readonly Platform[]): string[] {
  const asked = questions.map(({ ask }) => ask);
  const exposed = platforms.map(({ name, metrics, environments, slos, alerts }) => ({
    ...{ name, metrics, environment: environments.at(-1) },
    rules: slos.map(({ recordingRules }) => recordingRules),
    alerts: alerts.map(({ alertname, labels }) => ({ alertname, labels })),
  }));
  return ["panels", JSON.stringify(asked), JSON.stringify(exposed)];
}

/** What has no data, in a Prometheus that is started for it. */
async function findSilent(
  context: CheckContext,
  questions: readonly Question[],
  platforms: readonly Platform[],
): Promise<Problem[]> {
  const readings = readingsOf(questions, platforms);
  const times = moments([...readings.offsets.values()].flat());
  const folder = join(await context.workspace(), ".prometheus");
  await mkdir(folder, { recursive: true });
  context.progress("making history");
  await backfill(context, folder, openMetrics(historiesOf(platforms, readings), readings));
  const home = { path: context.tool("prometheus"), folder, signal: context.signal };
  return withPrometheus(home, async (prometheus) => {
    await receiveNative(prometheus, { platforms, readings, times });
    context.progress("recording rules");
    const ages = times.map(({ age }) => NOW - age);
    const silent = await record(prometheus, platforms, ages);
    context.progress(`${questions.length} queries`);
    const unanswered = await inTens(questions, (question) => ask(context, prometheus, question));
    return [...silent.map((one) => ruleProblem(context, one)), ...unanswered.flat()];
  });
}

/** What is read by anything that will be asked, so that the history holds it. */
function readingsOf(questions: readonly Question[], platforms: readonly Platform[]): Readings {
  const rules = platforms.flatMap(({ slos }) => slos.flatMap(({ recordingRules }) => recordingRules));
  const queries = [
    ...questions.map(({ ask }) => ("promql" in ask ? ask.promql : ask.selector)),
    ...rules.map(({ expr }) => expr),
  ];
  const selectors = new Map<string, VectorSelector[]>();
  const offsets = new Map<string, number[]>();
  for (const query of queries) {
    const back = [...query.matchAll(/\boffset\s+((?:\d+[smhdwy])+)/g)].map(([, text = ""]) => seconds(text));
    for (const selector of inspectPromql(query).selectors) {
      const { name = "" } = selector;
      selectors.set(name, [...(selectors.get(name) ?? []), selector]);
      if (back.length > 0) offsets.set(name, [...new Set([...(offsets.get(name) ?? []), ...back])]);
    }
  }
  return { selectors, offsets };
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

function seconds(duration: string): number {
  const parts = duration.matchAll(/(\d+)([smhdwy])/g);
  return [...parts].reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}

function* historiesOf(platforms: readonly Platform[], readings: Readings) {
  for (const platform of platforms) yield* historyOf(platform, readings);
}

async function backfill(context: CheckContext, folder: string, text: Iterable<string>): Promise<void> {
  await writeFile(join(folder, "history.om"), text);
  const { ok, trouble, stderr } = await runTool({
    path: context.tool("promtool"),
    // One block for all: promtool reads the file once for each.
    args: [
      "tsdb",
      "create-blocks-from",
      "openmetrics",
      "--quiet",
      "--max-block-duration=486h",
      "history.om",
      "data",
    ],
    cwd: folder,
    seconds: 300,
    env: { HOME: folder, GOGC: "400" },
    signal: context.signal,
  });
  if (!ok) throw new Error(`promtool makes no blocks of the history: ${trouble ?? stderr}`);
}

async function receiveNative(
  prometheus: Prometheus,
  {
    platforms,
    readings,
    times,
  }: { platforms: readonly Platform[]; readings: Readings; times: readonly Moment[] },
): Promise<void> {
  const series = platforms.flatMap((platform) =>
    platform.metrics
      .filter(({ native }) => native)
      .flatMap((metric) =>
        seriesLabels(metric, targetsOf(platform), readings).map((labels) => ({
          name: metric.name,
          labels,
          middle: 0.25,
        })),
      ),
  );
  if (series.length === 0) return;
  const counts = times.map(({ age, elapsed }) => ({
    time: NOW - age,
    count: elapsed + 60,
  }));
  await prometheus.receive(nativeHistograms(series, counts));
}

async function ask(context: CheckContext, prometheus: Prometheus, question: Question): Promise<Problem[]> {
  const { ask: asked, asker, file, place } = question;
  const found = (rule: string, message: string, fix: string) => [
    problemIn({ path: file.path, origin: place }, { rule, message, fix }, context.locate),
  ];
  try {
    if ("promql" in asked) {
      const why = await silence(prometheus, asked.promql);
      return why === undefined
        ? []
        : found("check/panel-without-data", `${asker} ${why}`, "correct the query");
    }
    if ((await prometheus.labelValues(asked.label, asked.selector, NOW)).length > 0) return [];
    const message = `${asker} has nothing to choose from: no series of ${asked.selector} has label "${asked.label}"`;
    return found("check/variable-without-values", message, "choose a metric that has the label");
  } catch (error) {
    if (context.signal?.aborted || !(error instanceof Error)) throw error;
    const message = `Prometheus refuses the query of ${asker}: ${error.message}`;
    return found("check/panel-without-data", message, "correct the query");
  }
}

// What stands in for series that are missing, and hides that they always are.
const STANDS_IN = /\b(or|unless|absent|absent_over_time)\b/;

/** What a query does not show, and why: the first of its selectors that no series fits, or what it does with all of them. */
async function silence(prometheus: Prometheus, promql: string): Promise<string | undefined> {
  const isSilent = !(await prometheus.query(promql, NOW)).some(isNumber);
  if (!isSilent && !STANDS_IN.test(promql)) return undefined;
  for (const { from, to } of inspectPromql(promql).selectors) {
    const selector = promql.slice(from, to);
    if ((await prometheus.query(selector, NOW)).length > 0) continue;
    return `shows ${isSilent ? "nothing" : "less than it says"}: no series fits ${selector}`;
  }
  const left = "all series that it reads have data, and what it does with them leaves nothing";
  return isSilent ? `shows nothing: ${left} (a join, a comparison, a window)` : undefined;
}

function ruleProblem({ locate }: CheckContext, { slo, rule, refusal }: SilentRule): Problem {
  const why = refusal ?? "its query gives nothing, though every metric has a history";
  const message = `recording rule ${rule.record} of SLO "${slo.name}" records nothing: ${why}`;
  const location = locate(slo.origin);
  const fix = "correct the SLI";
  return {
    rule: "check/rule-without-data",
    severity: "error",
    message,
    path: slo.origin.label,
    fix,
    ...(location && { location }),
  };
}
