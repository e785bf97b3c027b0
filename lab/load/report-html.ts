import { element, openTag, text } from "../../runbooks/html-element.ts";
import { plot } from "./plot.ts";
import { amount, ms, percent } from "./report-text.ts";
import type { Course, LoadResult, Run } from "./result.ts";
import { withoutSlope } from "./slope.ts";

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #8884}
figure{margin:1rem 0}svg{width:100%;font-size:11px}svg text{fill:currentColor}.grid{stroke:#8886;stroke-width:.5}
figcaption span{margin-left:.6rem}.pass{color:#059669}.fail{color:#dc2626}.inconclusive{color:#d97706}`;

/** A result as one HTML file: no script, nothing from elsewhere. */
export function loadHtml(result: LoadResult): string {
  const { title, verdict, reasons, runs } = result;
  const content = [
    element("h1", {}, text(title)),
    element("p", { class: verdict }, element("strong", {}, text(verdict))),
    list(reasons),
    rows([["What", "Value"], ...facts(result)]),
    baselineOf(result),
    ...runs.map(runOf),
  ];
  const head = [
    openTag("meta", { charset: "utf-8" }),
    openTag("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    openTag("meta", {
      "http-equiv": "Content-Security-Policy",
      content: "default-src 'none'; style-src 'unsafe-inline'",
    }),
    element("title", {}, text(`${title}: ${verdict}`)),
    element("style", {}, style),
  ];
  const page = element("head", {}, head.join("")) + element("body", {}, content.join("\n"));
  return `<!doctype html>${element("html", { lang: "en" }, page)}\n`;
}

function facts(result: LoadResult): string[][] {
  const { platform, profile, target, compressed, warmUpSeconds, machine, tools, repeatability } = result;
  return [
    ["Profile", `${platform}/${profile}`],
    ["Target", target],
    ["Compressed", compressed === 1 ? "no" : `${compressed} times`],
    ["Warm-up, not counted", `${warmUpSeconds} s`],
    ["Machine", `${machine.cores} × ${machine.processor}, ${amount(machine.memoryBytes, "B")}`],
    ["Tools", `k6 ${tools.k6}, Node ${tools.node}`],
    ["Repeated", `${repeatability.verdict} (tolerance ${percent(repeatability.tolerance)})`],
  ];
}

function baselineOf({ baseline }: LoadResult): string {
  if (!baseline) return "";
  const head = ["Measure", "Baseline", "Now", "Worse by", "Noise", "Verdict"];
  const found = baseline.comparisons.map(({ measure, unit, before, now, worseBy, noise, verdict }) => [
    ...[measure, amount(before, unit), amount(now, unit), percent(worseBy), percent(noise), verdict],
  ]);
  const missing = baseline.missing.map((measure) => [measure, "", "", "", "", "not measured"]);
  const said =
    baseline.problem === undefined
      ? rows([head, ...found, ...missing])
      : element("p", {}, text(baseline.problem));
  return element("h2", {}, text("Baseline")) + said;
}

function runOf(run: Run): string {
  const { number, summary, slos, slopes, bottleneck, courses } = run;
  return [
    element("h2", {}, text(`Run ${number}`)),
    rows([["What", "Value"], ...outcomeOf(run)]),
    rows([
      ["Threshold", "Holds"],
      ...summary.thresholds.map(({ metric, threshold, ok }) => [`${metric} ${threshold}`, ok ? "yes" : "NO"]),
    ]),
    rows([
      ["SLO", "Verdict", "Good", "Asked for", "Events"],
      ...slos.map(({ slo, verdict, good, objective, events }) => [
        ...[slo, verdict, percent(good), percent(objective), events?.toFixed(0) ?? "none"],
      ]),
    ]),
    rows([
      ["Slope", "Verdict", "Mean", "An hour"],
      ...slopes.map(({ of, verdict, mean, perHour, uncertainty, unit }) => [
        ...[of, verdict, amount(mean, unit), `${amount(perHour, unit)} ± ${amount(uncertainty, unit)}`],
      ]),
    ]),
    rows([
      ["Resource", "Share"],
      ...[...(bottleneck?.saturation ?? []), ...(bottleneck?.time ?? [])].map(({ resource, share }) => [
        resource,
        percent(share),
      ]),
    ]),
    ...plots(courses),
  ].join("\n");
}

function outcomeOf(run: Run): string[][] {
  const { summary, bottleneck, samplingOverhead } = run;
  const slopeless = withoutSlope(run);
  return [
    ["Requests", `${summary.requests} in ${summary.durationSeconds.toFixed(1)} s`],
    ["Throughput", `${summary.throughput.toFixed(1)} /s`],
    ["p50, p95, p99", `${ms(summary.p50)}, ${ms(summary.p95)}, ${ms(summary.p99)}`],
    ["Failed", percent(summary.errorRate)],
    ["Dropped iterations", String(summary.droppedIterations)],
    ["Bottleneck", `${bottleneck?.resource ?? "none"}: ${bottleneck?.verdict ?? "not measured"}`],
    ["A scrape took", ms(samplingOverhead)],
    ...(slopeless === undefined ? [] : [["Without a slope", slopeless]]),
  ];
}

function plots(courses: readonly Course[]): string[] {
  const named = (...names: string[]) => courses.filter(({ name }) => names.includes(name));
  return [
    plot("Time of an answer, over all up to then", named("p50", "p95", "p99")),
    plot("Answers a second", named("answers")),
    plot(
      "Processors in use",
      courses.filter(({ name }) => name.startsWith("processor: ")),
    ),
    plot("Memory of the service", named("memory")),
    plot("Open handles", named("handles")),
    plot("Series", named("series")),
    plot("Delay of the event loop, p99", named("event loop delay")),
  ];
}

function list(items: readonly string[]): string {
  return items.length === 0
    ? ""
    : element("ul", {}, items.map((item) => element("li", {}, text(item))).join(""));
}

function rows([head = [], ...body]: readonly (readonly string[])[]): string {
  if (body.length === 0) return "";
  const row = (cells: readonly string[], tag: string) =>
    element("tr", {}, cells.map((cell) => element(tag, {}, text(cell))).join(""));
  return element("table", {}, row(head, "th") + body.map((cells) => row(cells, "td")).join(""));
}
