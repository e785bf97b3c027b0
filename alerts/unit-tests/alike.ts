// Tests of SLOs that differ in names alone. A fleet has a thousand SLOs and a handful of forms: the test of a form is worked out once, with stand-ins
// for the names, and written with each SLO's own.
import type { Alert, Origin, Platform, Selection, Signal, Slo } from "../../model/model.ts";
import { alertName } from "../../model/names.ts";
import { scalarText } from "../yaml-scalar.ts";
import { countsEvents, type EventSli } from "./sli.ts";

/** What the tests of an SLO's alerts are written from. */
export interface TestedSlo {
  slo: Slo;
  alerts: readonly Alert[];
  /** Names of its rule groups. */
  groups: readonly string[];
  dashboards: Platform["dashboards"];
}

/** A text that is written when it is asked for. */
export type Text = () => string;

/** Writes the tests of SLOs by `write`, a text for each alert: once for those that are alike, and each by itself where names mean something. */
export function onceForAlike(write: (tested: TestedSlo) => Text[]): (tested: TestedSlo) => Text[] {
  const known = new Map<string, string[][]>();
  return (tested) => {
    const names = namesOf(tested);
    const form = names && formOf(tested, names);
    if (!form) return write(tested);
    const key = JSON.stringify(form);
    const texts = known.get(key) ?? write(form).map((text) => text().split(STAND_IN));
    known.set(key, texts);
    const own = new Map(
      names.flatMap(({ name, standIn }) => [
        [standIn, name],
        [alertName(standIn), alertName(name)],
      ]),
    );
    // Every second piece is a stand-in.
    return texts.map(
      (pieces) => () => pieces.map((piece, i) => (i % 2 === 1 ? own.get(piece) : piece)).join(""),
    );
  };
}

interface Name {
  name: string;
  standIn: string;
}

const STAND_IN = /([zZ]q[0-9]qz)/;

// What tests call things by themselves; a service of that name is another matter than one of any other name.
const MADE_UP = new Set(["another", "other", "one", "fast", "stale"]);

/** The names that an SLO's tests need not know the meaning of; nothing where one of them may be mistaken for something else. */
function namesOf({ slo }: TestedSlo): Name[] | undefined {
  if (!countsEvents(slo)) return undefined;
  const others = selectionsOf(slo.sli).flatMap(
    ({ metric }) => metric.services.find((name) => name !== slo.service) ?? [],
  );
  const names = [...new Set([slo.name, slo.service, ...others])];
  const isPlain = (name: string) =>
    name.length > 2 &&
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) &&
    scalarText(name, "") === name &&
    !MADE_UP.has(name);
  return names.every(isPlain) ? names.map((name, i) => ({ name, standIn: `zq${i}qz` })) : undefined;
}

function selectionsOf(sli: EventSli): Selection[] {
  switch (sli.kind) {
    case "bad-events":
      return [sli.bad, sli.total];
    case "good-events":
      return [sli.good, sli.total];
    case "latency":
      return [sli.fast, sli.total];
    case "native-latency":
      return [sli.total];
  }
}

/** The same with stand-ins for the names; nothing where a name would no longer be found by what looks for it. */
function formOf(
  { slo, alerts, groups, dashboards }: TestedSlo,
  names: readonly Name[],
): TestedSlo | undefined {
  const renaming = new Renaming(names);
  const { text } = renaming;
  if (!countsEvents(slo) || alerts.some(({ name, alertname }) => alertName(name) !== alertname))
    return undefined;
  const shown = new Set(alerts.map(({ panel }) => panel?.dashboard));
  const form: TestedSlo = {
    slo: {
      ...slo,
      ...named(slo, text),
      id: text(slo.id),
      service: text(slo.service),
      labels: renaming.values(slo.labels),
      alerts: slo.alerts.map(text),
      sli: sliForm(slo.sli, (selection) => renaming.selection(selection, slo)),
      recordingRules: [],
      runbook: UNREAD,
    },
    alerts: alerts.map((alert) => alertForm(alert, slo, renaming)),
    groups: groups.map(text),
    dashboards: dashboards
      .filter(({ name }) => shown.has(name))
      .map((one) => ({ ...one, ...named(one, text), uid: text(one.uid), variables: [], rows: [] })),
  };
  return renaming.isSafe ? form : undefined;
}

// Of no interest to a test.
const UNREAD: Slo["runbook"] = { meaning: "", impact: "", diagnosis: [], mitigation: [], rollback: [] };

type Rename = (text: string) => string;

function named<T extends { name: string; title: string; description: string; origin: Origin }>(
  entry: T,
  text: Rename,
) {
  const { name, title, description, origin } = entry;
  return {
    name: text(name),
    title: text(title),
    description: text(description),
    origin: originForm(origin, text),
    meets: [],
  };
}

const originForm = (origin: Origin, text: Rename): Origin => ({
  ...origin,
  path: [],
  label: text(origin.label),
});

function alertForm(alert: Alert, slo: Slo, renaming: Renaming): Alert {
  const { text } = renaming;
  const { name, origin, service, panel } = alert;
  return {
    ...alert,
    id: text(alert.id),
    name: text(name),
    alertname: alertName(text(name)),
    origin: originForm(origin, text),
    meets: [],
    ...(service !== undefined && { service: text(service) }),
    slo: text(slo.name),
    summary: text(alert.summary),
    description: text(alert.description),
    expr: "",
    labels: renaming.values(alert.labels),
    signal: signalForm(alert.signal, { text, selection: (selection) => renaming.selection(selection, slo) }),
    runbook: UNREAD,
    ...(panel && { panel: { ...panel, dashboard: text(panel.dashboard) } }),
  };
}

function signalForm(
  signal: Signal,
  { text, selection }: { text: Rename; selection: (selection: Selection) => Selection },
): Signal {
  if (signal.kind === "burn") return { ...signal, slo: text(signal.slo) };
  return signal.kind === "absent" ? { ...signal, of: selection(signal.of) } : signal;
}

function sliForm(sli: EventSli, selection: (selection: Selection) => Selection): EventSli {
  switch (sli.kind) {
    case "bad-events":
      return { ...sli, bad: selection(sli.bad), total: selection(sli.total) };
    case "good-events":
      return { ...sli, good: selection(sli.good), total: selection(sli.total) };
    case "latency":
      return { ...sli, fast: selection(sli.fast), total: selection(sli.total) };
    case "native-latency":
      return { ...sli, total: selection(sli.total) };
  }
}

/** Puts stand-ins in the place of names, and notices where that would change what a test means. */
class Renaming {
  isSafe = true;
  readonly #standIns: ReadonlyMap<string, string>;
  readonly #pattern: RegExp;

  constructor(names: readonly Name[]) {
    this.#standIns = new Map(names.map(({ name, standIn }) => [name, standIn]));
    // The longest first: one may be the beginning of another.
    const all = names.map(({ name }) => name).sort((a, b) => b.length - a.length);
    this.#pattern = new RegExp(`(?<![A-Za-z0-9_])(?:${all.join("|")})(?![A-Za-z0-9_])`, "g");
  }

  readonly text = (text: string): string => {
    if (STAND_IN.test(text)) this.isSafe = false;
    return text.replace(this.#pattern, (name) => this.#standIns.get(name) ?? name);
  };

  values(labels: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, this.text(value)]));
  }

  selection(selection: Selection, { service }: Slo): Selection {
    const { metric, matchers, sample } = selection;
    const labels = Object.fromEntries(
      Object.entries(metric.labels).map(([label, values]) => [
        label,
        Array.isArray(values) ? values.map(this.text) : values,
      ]),
    );
    const services = this.#services(metric.services, service);
    const renamed: Selection = {
      ...selection,
      metric: { ...metric, origin: originForm(metric.origin, this.text), labels, services },
      matchers: matchers.map((matcher) => ({ ...matcher, value: this.text(matcher.value) })),
      promql: "",
      sample: this.values(sample),
    };
    if (!matchers.every((matcher) => isBlind(matcher, { selection, renamed, service }))) this.isSafe = false;
    return renamed;
  }

  // A test feeds one service that is not meant, the first: the others are as good.
  #services(services: readonly string[], own: string): string[] {
    const other = services.find((name) => name !== own);
    return services.filter((name) => name === own || name === other).map(this.text);
  }
}

/** Whether a matcher lets through the same, whatever the names are. */
function isBlind(
  { label, op, value }: Selection["matchers"][number],
  { selection, renamed, service }: { selection: Selection; renamed: Selection; service: string },
): boolean {
  if (label === "service") return op === "=" && value === service;
  if (op === "=" || op === "!=") return true;
  const said = ({ matchers, sample, metric }: Selection) =>
    JSON.stringify([matchers.filter((one) => one.label === label), sample[label], metric.labels[label]]);
  return said(selection) === said(renamed);
}
