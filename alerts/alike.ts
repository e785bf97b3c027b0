// SLOs that differ in names alone: their rules and unit tests are worked out once.
import type { Named } from "../model/alike.ts";
import type { Alert, Origin, Platform, Selection, Slo } from "../model/model.ts";
import { once } from "../model/once.ts";
import { countsEvents, type EventSli } from "./unit-tests/sli.ts";

/** What the rules of an SLO and the tests of its alerts are written from, beside what its platform says to all. */
export interface SloSubject {
  slo: Slo;
  alerts: readonly Alert[];
  dashboards: Platform["dashboards"];
}

/** An SLO with its alerts, for those that write once of SLOs that are alike; the same object for the same alerts and dashboards. */
export function namedSlo(slo: Slo, alerts: readonly Alert[], { dashboards }: Platform): Named<SloSubject> {
  return known(alerts)(dashboards)(slo);
}

const known = once((alerts: readonly Alert[]) =>
  once((dashboards: Platform["dashboards"]) => once((slo: Slo) => newNamed({ slo, alerts, dashboards }))),
);

function newNamed({ slo, alerts, dashboards }: SloSubject): Named<SloSubject> {
  return {
    subject: { slo, alerts, dashboards },
    bare: () => ({
      slo: { ...slo, ...bareEntry(slo), sli: bareSli(slo), runbook: UNREAD },
      alerts: alerts.map((alert) => bareAlert(alert, slo)),
      dashboards: shownOn(alerts, dashboards),
    }),
    names: namesOf(slo),
  };
}

// What tests call things by themselves; a service of that name is another matter than one of any other name.
const MADE_UP = new Set(["another", "other", "one", "fast", "stale"]);

/** The names that tests need not know the meaning of; nothing where one of them may be mistaken for something else. */
function namesOf(slo: Slo): string[] | undefined {
  if (!countsEvents(slo)) return undefined;
  const selections = selectionsOf(slo.sli);
  const others = selections.flatMap(({ metric }) => otherService(metric.services, slo.service) ?? []);
  const names = [slo.name, slo.service, ...others];
  const areBlind = selections.every((selection) =>
    selection.matchers.every((matcher) => isBlind(matcher, { selection, names, service: slo.service })),
  );
  return areBlind && !names.some((name) => MADE_UP.has(name)) ? names : undefined;
}

/** Whether a matcher lets through the same, whatever the names are. */
function isBlind(
  { label, op, value }: Selection["matchers"][number],
  { selection, names, service }: { selection: Selection; names: readonly string[]; service: string },
): boolean {
  if (label === "service") return op === "=" && value === service;
  if (op === "=" || op === "!=") return true;
  const { matchers, sample, metric } = selection;
  const said = JSON.stringify([
    matchers.filter((one) => one.label === label),
    sample[label],
    metric.labels[label],
  ]);
  return !names.some((name) => said.includes(name));
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

// Of no interest to rules and tests.
const UNREAD: Slo["runbook"] = { meaning: "", impact: "", diagnosis: [], mitigation: [], rollback: [] };

function bareEntry({ origin }: { origin: Origin }) {
  return { meets: [], origin: { ...origin, path: [] } };
}

function bareAlert(alert: Alert, { service }: Slo): Alert {
  const { signal } = alert;
  return {
    ...alert,
    ...bareEntry(alert),
    runbook: UNREAD,
    signal: signal.kind === "absent" ? { ...signal, of: bareSelection(signal.of, service) } : signal,
  };
}

function bareSli({ sli, service }: Slo): Slo["sli"] {
  switch (sli.kind) {
    case "bad-events":
      return { ...sli, bad: bareSelection(sli.bad, service), total: bareSelection(sli.total, service) };
    case "good-events":
      return { ...sli, good: bareSelection(sli.good, service), total: bareSelection(sli.total, service) };
    case "latency":
      return { ...sli, fast: bareSelection(sli.fast, service), total: bareSelection(sli.total, service) };
    case "native-latency":
      return { ...sli, total: bareSelection(sli.total, service) };
    default:
      return sli;
  }
}

// A test feeds one service that is not meant, the first: the others are as good.
function bareSelection(selection: Selection, own: string): Selection {
  const { metric } = selection;
  const other = otherService(metric.services, own);
  const services = metric.services.filter((name) => name === own || name === other);
  return { ...selection, promql: "", metric: { ...metric, ...bareEntry(metric), services } };
}

function otherService(services: readonly string[], own: string): string | undefined {
  return services.find((name) => name !== own);
}

function shownOn(alerts: readonly Alert[], dashboards: Platform["dashboards"]): Platform["dashboards"] {
  const shown = new Set(alerts.map(({ panel }) => panel?.dashboard));
  return dashboards
    .filter(({ name }) => shown.has(name))
    .map((one) => ({ ...one, ...bareEntry(one), variables: [], rows: [] }));
}
