import type { Alert, Environment, Platform, ReceiverSpec } from "../model/model.ts";

/** Labels of an alert, as far as some route asks for them. */
export type Labels = Record<string, string>;

/** A kind of alert that a configuration may route differently from others, and the catalog's receivers that must be told. */
export interface RouteCase {
  labels: Labels;
  receivers: readonly string[];
}

/** An Alertmanager configuration, as far as routing needs it. */
export interface Configuration {
  route?: Route;
  receivers?: ({ name: string } & Record<string, unknown>)[];
}

interface Route {
  matchers?: string[];
  routes?: Route[];
}

/** The cases that are worth a try: every set of label values that the routes of the configuration can tell apart. */
export function routeCases({ name, alerts, routing }: Platform, { route }: Configuration): RouteCase[] {
  const asked = new Set(route ? labelsAsked(route) : []);
  const severities = (["critical", "warning"] as const).map((severity) => ({ platform: name, severity }));
  const all = [...severities, ...alerts.map((alert) => ({ ...alert.labels, alertname: alert.alertname }))];
  const cases = all.map((labels: Labels) => ({
    labels: Object.fromEntries(Object.entries(labels).filter(([label]) => asked.has(label))),
    receivers: receiversFor(labels.severity as Alert["severity"], routing),
  }));
  return [...new Map(cases.map((one) => [JSON.stringify([one.labels, one.receivers]), one])).values()];
}

function receiversFor(
  severity: Alert["severity"],
  { routes, escalation, heartbeat }: Platform["routing"],
): readonly string[] {
  if (severity === "none") return [heartbeat];
  return severity === "critical"
    ? [...routes.critical, ...escalation.flatMap(({ to }) => to)]
    : routes.warning;
}

function labelsAsked({ matchers = [], routes = [] }: Route): string[] {
  const own = matchers.flatMap((matcher) => /^\s*([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/.exec(matcher)?.[1] ?? []);
  return [...own, ...routes.flatMap(labelsAsked)];
}

/** Where the notifications of a configuration's receivers go, each in a few words, sorted. */
export function addresses({ receivers = [] }: Configuration, names: readonly string[]): string[] {
  const chosen = receivers.filter((receiver) => names.includes(receiver.name));
  return chosen.flatMap((receiver) => Object.entries(receiver).flatMap(integrations)).sort();
}

function integrations([kind, entries]: [string, unknown]): string[] {
  if (!Array.isArray(entries)) return [];
  return (entries as Record<string, string | undefined>[]).map((entry) => {
    const { channel, url, url_file, api_url_file, routing_key_file } = entry;
    const target = url ?? secretOf(url_file ?? api_url_file ?? routing_key_file ?? "");
    return [kind.replace(/_configs$/, ""), channel, target].filter((part) => part !== undefined).join(" ");
  });
}

/** The same words for receivers of the catalog, as they are in an environment. */
export function wantedAddresses({ receivers }: Environment, names: readonly string[]): string[] {
  return names.flatMap((name) => (receivers[name] ? [addressOf(receivers[name])] : [])).sort();
}

function addressOf(receiver: ReceiverSpec): string {
  switch (receiver.kind) {
    case "pagerduty":
      return `pagerduty ${receiver.routingKey.secret}/${receiver.routingKey.key}`;
    case "slack":
      return `slack ${receiver.channel} ${receiver.webhook.secret}/${receiver.webhook.key}`;
    case "webhook":
      return `webhook ${receiver.url.replaceAll("{", "%7B").replaceAll("}", "%7D")}`;
    case "webhook-secret":
      return `webhook ${receiver.address.secret}/${receiver.address.key}`;
  }
}

// Secrets are files: …/SECRET/KEY.
function secretOf(file: string): string {
  return file.split("/").slice(-2).join("/");
}
