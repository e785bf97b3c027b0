import type { Code, Paragraph, Root, RootContent } from "mdast";
import type { Answer, AnsweredSeries } from "./answers.ts";
import type { AlertingRule } from "./prometheus.ts";
import { sparkline } from "./sparkline.ts";

/** How an alert stands in a Prometheus, or why that cannot be told. */
export type AlertState =
  | {
      state: "firing" | "pending";
      since: Date;
      alerts: { labels: Record<string, string>; value: number; since: Date; state: string }[];
    }
  | { state: "inactive" }
  | { state: "not loaded" };

/** What the rules of a Prometheus say of an alert; of several platforms or environments only those that have the labels. */
export function stateOf(rules: readonly AlertingRule[], labels: Record<string, string>): AlertState {
  const own = rules.filter((rule) => agrees(rule.labels, labels));
  if (own.length === 0) return { state: "not loaded" };
  const alerts = own.flatMap((rule) => rule.alerts).filter((alert) => agrees(alert.labels, labels));
  const [first] = [...alerts].sort((a, b) => a.since.getTime() - b.since.getTime());
  if (!first) return { state: "inactive" };
  return {
    state: alerts.some((alert) => alert.state === "firing") ? "firing" : "pending",
    since: first.since,
    alerts,
  };
}

// A label that the rule does not set says nothing against it.
function agrees(has: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => has[name] === undefined || has[name] === value);
}

/** What is put into a page. */
export interface Live {
  answers: ReadonlyMap<string, Answer>;
  /** Of the alert that the page is about; a procedure has none. */
  state?: AlertState;
  /** When it was asked. */
  at: Date;
}

/** A page with the answer below each of its queries, and the alert's state below its title. */
export function withLive(page: Root, live: Live): Root {
  const [title, ...rest] = page.children;
  const state = live.state ? [stateParagraph(live.state, live.at)] : [];
  return {
    ...page,
    children: [...(title ? [title] : []), ...state, ...rest.flatMap((node) => withAnswers(node, live))],
  };
}

function withAnswers(node: RootContent, live: Live): RootContent[] {
  if (node.type === "code") {
    const answer = node.lang === "promql" ? live.answers.get(node.value) : undefined;
    return answer ? [node, answerBlock(answer)] : [node];
  }
  if (!("children" in node)) return [node];
  const children = (node.children as RootContent[]).flatMap((child) => withAnswers(child, live));
  return [{ ...node, children } as unknown as RootContent];
}

function stateParagraph(state: AlertState, at: Date): Paragraph {
  const [className, text] = stateText(state, at);
  return {
    type: "paragraph",
    data: { hProperties: { className: [className] } },
    children: [{ type: "text", value: text }],
  };
}

function stateText(state: AlertState, at: Date): [className: string, text: string] {
  switch (state.state) {
    case "not loaded":
      return [
        "warning",
        "Now: this Prometheus has no such alert: its rules are not loaded, or it is another environment's.",
      ];
    case "inactive":
      return ["good", "Now: does not fire."];
    default: {
      const minutes = Math.max(0, Math.round((at.getTime() - state.since.getTime()) / 60_000));
      const number = state.alerts.length > 1 ? ` (${state.alerts.length} of them)` : "";
      const word = state.state === "firing" ? "FIRING" : "pending, its condition holds";
      return [
        state.state === "firing" ? "critical" : "warning",
        `Now: ${word} since ${state.since.toISOString()}, ${minutes} min${number}.`,
      ];
    }
  }
}

// More than these help nobody at night; the link into Prometheus shows all.
const MOST = 8;

function answerBlock(answer: Answer): Code {
  const value = "error" in answer ? `→ no answer: ${answer.error}` : seriesText(answer.series);
  return { type: "code", lang: "text", value };
}

function seriesText(series: readonly AnsweredSeries[]): string {
  if (series.length === 0) return "→ nothing: no series, now or in the last 3 hours";
  const rows = series
    .slice(0, MOST)
    .map((one) => [nameOf(one), valueText(one.now), sparkline(one.before), rangeText(one.before)]);
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map(([name = "", now = "", plot = "", range = ""]) =>
    `→ ${name.padEnd(widths[0] ?? 0)}  ${now.padStart(widths[1] ?? 0)}  ${plot}  ${range}`.trimEnd(),
  );
  return [...lines, ...(series.length > MOST ? [`  and ${series.length - MOST} more`] : [])].join("\n");
}

// Labels that every series of a platform has tell nothing apart.
const COMMON = new Set(["__name__", "platform", "environment", "team"]);

function nameOf({ labels }: AnsweredSeries): string {
  const entries = Object.entries(labels)
    .filter(([name]) => !COMMON.has(name))
    .sort();
  const text = entries.map(([name, value]) => `${name}=${value.replace(/\s/g, " ")}`).join(" ");
  return text === "" ? "value" : text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function valueText(value: number | undefined): string {
  if (value === undefined) return "gone";
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "Inf");
  return String(Number(value.toPrecision(4)));
}

function rangeText(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (known.length === 0) return "no value in 3 h";
  return `${valueText(Math.min(...known))} … ${valueText(Math.max(...known))} in 3 h`;
}
