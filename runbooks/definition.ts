import type { BlockContent, TableRow } from "mdast";
import {
  forecastText,
  limitWords,
  POINTS_NEEDED,
  pointSeconds,
  timeLeftExpression,
} from "../model/alerting/forecast.ts";
import { secondsToFire } from "../model/alerting/tiers.ts";
import type { Platform, Tier } from "../model/model.ts";
import { once } from "../model/once.ts";
import { periodText } from "../model/readable.ts";
import { environmentsOf } from "./environments.ts";
import { durationText, percentText } from "./numbers.ts";
import type { Subject } from "./subject.ts";
import {
  classed,
  code,
  heading,
  type Inline,
  inlineCode,
  link,
  list,
  paragraph,
  row,
  strong,
  table,
  words,
} from "./tree.ts";
import { shared } from "./written-once.ts";

/** Where an alert comes from: its catalog entry, the rule files, the expression, and for an SLO the sums behind it. */
export function definition(platform: Platform, { alert, signal, slo }: Subject): BlockContent[] {
  return [
    heading(2, "Where it is defined"),
    list([
      [
        "Catalog: ",
        inlineCode(alert.origin.label),
        " of platform ",
        inlineCode(platform.name),
        ", ",
        link(platform.repository, "repository"),
      ],
      ...environmentsOf(platform).map((environment): Inline[] => [
        `Rule in ${environment.name}: `,
        // An SLO's alerts share one file.
        inlineCode(
          `generated/alerts/${platform.name}/${environment.name}/rules/${alert.slo ?? alert.name}.yaml`,
        ),
      ]),
      ["Its unit test: ", inlineCode(`generated/alerts/${platform.name}/tests/${alert.name}.yaml`)],
    ]),
    paragraph("It fires when this gives a result", ...holding(alert), ":"),
    code("promql", alert.expr),
    ...(alert.because === undefined
      ? []
      : [paragraph(strong(waiting(alert)), " ", ...words(alert.because), ".")]),
    ...forecast(signal),
    ...(slo && signal?.kind === "burn" ? burn(slo, signal.tier) : []),
  ];
}

function holding(alert: Subject["alert"]): Inline[] {
  const held = alert.forSeconds > 0 ? [` for ${durationText(alert.forSeconds)} without a break`] : [];
  return alert.direct ? [...held, " (asked every 5 s)"] : held;
}

function waiting({ forSeconds }: Subject["alert"]): string {
  return forSeconds > 0 ? `Why it waits ${durationText(forSeconds)}:` : "Why it does not wait:";
}

/** What a forecast asks, in words, and where it says nothing. */
function forecast(signal: Subject["signal"]): BlockContent[] {
  if (signal === undefined || signal.kind === "burn") return [];
  const young = durationText(POINTS_NEEDED * pointSeconds(signal.basedOnSeconds));
  const from =
    signal.kind === "forecast" && signal.from !== undefined
      ? `before ${limitWords(signal, signal.from)}, `
      : "";
  return [
    paragraph(
      `In words: ${forecastText(signal)}. It says nothing ${from}of what has less than ${young} of history, while the trend goes the other way, and where the limit is reached already. This is how many seconds are left:`,
    ),
    code("promql", timeLeftExpression(signal)),
  ];
}

/** The SLO in numbers, and its rows of the burn-rate table (Google SRE Workbook, ch. 5), this alert's own in bold. */
function burn(slo: NonNullable<Subject["slo"]>, own: Tier): BlockContent[] {
  return [
    paragraph(
      `The objective is ${percentText(slo.objective)} over ${periodText(slo.period)}: the budget is ${percentText(slo.budget)} of all events. `,
      `It fires when the errors of the last ${own.long} have burnt ${percentText(own.share)} of that budget, and those of the last ${own.short} show that it goes on.`,
    ),
    classed(
      "numbers",
      table(
        [
          "Tier",
          "Severity",
          "Windows",
          "Burn rate",
          "Error ratio above",
          "Budget burnt",
          ...ERROR_RATES.map(at),
        ],
        slo.tiers.map((tier) => (tier.name === own.name ? tierRow(tier, strong) : otherTier(tier))),
      ),
    ),
    paragraph(
      "The last columns say how long it takes to fire: burn rate × budget × long window ÷ error ratio, and up to one evaluation more.",
      ...(slo.minimumEvents > 0
        ? [` It stays silent while the long window holds fewer than ${slo.minimumEvents} events.`]
        : []),
      ...(slo.deadTiers.length > 0
        ? [
            ` No alert for ${slo.deadTiers.map((t) => t.name).join(", ")}: at this objective it would need 100% errors or more.`,
          ]
        : []),
    ),
  ];
}

const ERROR_RATES = [1, 0.1, 0.01];
const at = (rate: number) => `At ${percentText(rate)} errors`;

const otherTier = once((tier: Tier) => shared(tierRow(tier, (cell) => cell)));

function tierRow(tier: Tier, mark: (cell: string) => Inline): TableRow {
  return row(tierCells(tier).map((cell) => [mark(cell)]));
}

const tierCells = once((tier: Tier): string[] => [
  tier.name,
  tier.severity,
  `${tier.short} and ${tier.long}`,
  String(tier.factor),
  percentText(tier.threshold),
  percentText(tier.share),
  ...ERROR_RATES.map((rate) => {
    const seconds = secondsToFire(tier, rate);
    return seconds === undefined ? "never" : `after ${durationText(seconds)}`;
  }),
]);
