import type { BlockContent, Root, TableRow } from "mdast";
import type { StepSpec } from "../catalog/runbook.ts";
import { AFTER_UNDO } from "../model/alerting/derived-runbooks.ts";
import { panelUrl } from "../model/links.ts";
import type { Alert, Platform, Service } from "../model/model.ts";
import { once } from "../model/once.ts";
import { definition } from "./definition.ts";
import { enterCommand, environmentsOf, notified, openIn } from "./environments.ts";
import type { Related } from "./related.ts";
import { silenceUrl, unsilenced } from "./silence.ts";
import { stepList } from "./steps.ts";
import type { Subject } from "./subject.ts";
import {
  classed,
  code,
  heading,
  type Inline,
  inlineCode,
  item,
  joined,
  link,
  list,
  paragraph,
  prose,
  row,
  strong,
  table,
  title,
  words,
} from "./tree.ts";
import { shared } from "./written-once.ts";

/** The page of one alert, for somebody who was just woken by it: the same sections in the same order on every page. */
export function alertPage(platform: Platform, subject: Subject): Root {
  const { alert } = subject;
  return {
    type: "root",
    children: [
      title(alert.alertname, " ", severityMark(alert)),
      classed("summary", paragraph(...words(alert.summary))),
      quickBox(platform, subject),
      ...firstSteps(platform),
      headings.meaning,
      ...prose(alert.description),
      ...prose(alert.runbook.meaning),
      headings.impact,
      ...prose(alert.runbook.impact),
      headings.diagnosis,
      stepList(platform, diagnosis(alert)),
      headings.mitigation,
      stepList(platform, alert.runbook.mitigation),
      headings.rollback,
      ...rollback(platform, alert),
      headings.escalation,
      ...escalation(platform, alert),
      headings.related,
      related(subject),
      ...definition(platform, subject),
    ],
  };
}

const headings = {
  meaning: shared(heading(2, "Meaning")),
  impact: shared(heading(2, "Impact")),
  diagnosis: shared(heading(2, "Diagnosis")),
  mitigation: shared(heading(2, "Mitigation")),
  rollback: shared(heading(2, "Rollback")),
  escalation: shared(heading(2, "Escalation")),
  related: shared(heading(2, "Related alerts")),
};

/** The severity beside a title or in a table; the style sheet gives it its colour. */
export function severityMark({ severity }: Pick<Alert, "severity">) {
  return classed(severity, { type: "emphasis", children: [{ type: "text", value: severity }] });
}

const SEVERITY = {
  critical: "critical: somebody is woken",
  warning: "warning: nobody is woken",
  none: "none: all is well while it fires",
} as const;

function quickBox(
  platform: Platform,
  { alert, signal, slo, service, dashboard, procedures }: Subject,
): BlockContent {
  const facts = [
    fact("Severity", SEVERITY[alert.severity]),
    ...(alert.invariant ? [fact("Invariant", "this must never happen, not even once")] : []),
    ...(service ? [serviceFact(service)] : []),
    ...(slo ? [fact("SLO", inlineCode(slo.name), " ", ...words(slo.title), ...tierOf(signal))] : []),
    fact("Team", inlineCode(platform.team)),
    fact("Look at it", ...openIn(platform, (environment) => panelUrl(environment, alert.panel, dashboard))),
    // Who silences the Watchdog, silences the alarm that alerting is broken.
    ...(alert.source === "watchdog"
      ? []
      : [
          fact(
            "Say that you are on it",
            ...openIn(platform, (e) => silenceUrl(e, platform, alert)),
            " (silences it)",
          ),
        ]),
    ...procedureFact(procedures).map((value) => fact("Procedures", ...value)),
    toldFacts(platform)[alert.severity],
  ];
  return classed("quick", list(facts));
}

function fact(name: string, ...value: Inline[]): Inline[] {
  return [strong(`${name}:`), " ", ...value];
}

const serviceFact = once((service: Pick<Service, "name" | "title">) =>
  shared(item(fact("Service", inlineCode(service.name), " ", ...words(service.title)))),
);

const toldFacts = once((platform: Platform) => {
  const told = (severity: Alert["severity"]) =>
    shared(
      item([
        paragraph(strong("Who is told:")),
        list(environmentsOf(platform).map((e) => [`${e.name}: `, ...notified(platform, e, severity)])),
      ]),
    );
  return { critical: told("critical"), warning: told("warning"), none: told("none") };
});

/** Ways to help that are longer than a step. */
function procedureFact(procedures: Subject["procedures"]): Inline[][] {
  const links = procedures.map(({ name, title: text }): Inline[] => [
    link(`operations/${name}.md`, ...words(text)),
  ]);
  return links.length > 0 ? [joined(links, " · ")] : [];
}

function tierOf(signal: Subject["signal"]): Inline[] {
  return signal?.kind === "burn" ? [", tier ", inlineCode(signal.tier.name)] : [];
}

const firstSteps = once((platform: Platform): BlockContent[] =>
  [
    heading(2, "First: which environment?"),
    paragraph("The links of the notification say which. Paste its line: every command below uses it."),
    table(
      ["Environment", "Context", "Namespace", "Paste this"],
      environmentsOf(platform).map((environment) => [
        [strong(environment.name)],
        [inlineCode(environment.context)],
        [inlineCode(environment.namespace)],
        [inlineCode(enterCommand(environment))],
      ]),
    ),
  ].map(shared),
);

/** What to look at; where no step asks Prometheus, the alert's own condition is the first question. */
function diagnosis({ runbook, expr }: Subject["alert"]): StepSpec[] {
  if (runbook.diagnosis.some(({ query }) => query !== undefined)) return runbook.diagnosis;
  const stillSo = {
    do: "See whether it is still so.",
    query: expr,
    good: "nothing: it is over; find out what it was",
    bad: "a series for each place where it is so",
  };
  return [stillSo, ...runbook.diagnosis];
}

function rollback(platform: Platform, alert: Subject["alert"]): BlockContent[] {
  if (alert.runbook.rollback.length > 0) return [stepList(platform, alert.runbook.rollback)];
  if (alert.service === undefined) return [paragraph("There is nothing to roll back.")];
  return [
    paragraph(
      "No rollback is described. If a release of ",
      inlineCode(alert.service),
      " came just before, undo it:",
    ),
    code("sh", `kubectl -n $NAMESPACE rollout undo deployment/${alert.service}`),
    paragraph(AFTER_UNDO),
  ];
}

// What holds where the catalog says nothing else.
const ESCALATION = {
  critical:
    "After 15 minutes without a change for the better, or as soon as you do not know what to do next, call. Nobody minds a call too many.",
  warning:
    "Nobody is woken by it, and nobody has to be: it waits for working hours, unless it comes back again and again or a critical alert joins it.",
  none: "Whoever runs the monitoring is called at once: until it is mended, no alert of any platform is heard.",
} as const;

function escalation(platform: Platform, alert: Subject["alert"]): BlockContent[] {
  return [
    ...prose(alert.runbook.escalation ?? ESCALATION[alert.severity]),
    ...unsilenced(platform, alert),
    paragraph("If you are stuck, or it gets worse, call in this order:"),
    contactList(platform),
  ];
}

/** Whom to reach, in order; an address, a telephone number or a mail address can be tapped. */
export const contactList = once(
  (platform: Platform): BlockContent =>
    shared(
      list(
        platform.contacts.map(({ role, how }) => [strong(...words(role)), ": ", ...reach(how)]),
        { ordered: true },
      ),
    ),
);

function reach(how: string): Inline[] {
  if (/^https?:\/\/[^\s<>"']+$/.test(how)) return [link(how, how)];
  if (/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(how)) return [link(`mailto:${how}`, how)];
  if (/^\+?[0-9][0-9 ()/-]{4,}$/.test(how)) return [link(`tel:${how.replace(/[^+0-9]/g, "")}`, how)];
  return words(how);
}

function related(subject: Subject): BlockContent {
  const rows = subject.related.map(relatedRow);
  if (rows.length === 0) return paragraph("None.");
  return classed("alerts", table(["Alert", "Severity", "Why", "Summary"], rows));
}

function relatedRow({ alert, why }: Related): TableRow {
  const rows = relatedRows(alert);
  const made =
    rows.get(why) ??
    shared(
      row([[link(`${alert.name}.md`, alert.alertname)], [severityMark(alert)], [why], words(alert.summary)]),
    );
  rows.set(why, made);
  return made;
}

const relatedRows = once((_: Related["alert"]) => new Map<string, TableRow>());
