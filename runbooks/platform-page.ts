import type { BlockContent, Root } from "mdast";
import { dashboardUrl } from "../model/links.ts";
import type { Event, Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { periodText } from "../model/readable.ts";
import { contactList, severityMark } from "./alert-page.ts";
import { enterCommand, environmentsOf, openIn } from "./environments.ts";
import { type ListedAlert, type ListedSlo, listedAlerts, listedSlos } from "./listed.ts";
import { percentText } from "./numbers.ts";
import { procedureLinks } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import {
  classed,
  heading,
  type Inline,
  inlineCode,
  joined,
  link,
  paragraph,
  prose,
  row,
  strong,
  table,
  title,
  words,
} from "./tree.ts";
import { shared } from "./written-once.ts";

/** The front page of a platform's runbooks. `map` is its service map. */
export function platformPage(platform: Platform, map: BlockContent): Root {
  return {
    type: "root",
    children: [
      title(...words(platform.title), " runbooks"),
      ...prose(platform.description),
      heading(2, "Alerts"),
      alerts(platform),
      heading(2, "Procedures"),
      procedureLinks(
        operationsOf(platform).map(({ procedure }) => procedure),
        "operations/",
      ),
      heading(2, "Contacts"),
      paragraph("Team ", inlineCode(platform.team), ", in this order:"),
      contactList(platform),
      heading(2, "Environments"),
      environments(platform),
      ...section("Objectives", platform.slos, () => objectives(platform)),
      ...section("Dashboards", platform.dashboards, () => dashboards(platform)),
      ...section("Services", platform.services, () => [map, services(platform)]),
      ...section("Log events", platform.events, () => [
        paragraph(
          "What only informs is logged, not alerted. Each event is one line of JSON with the time, level, event, platform, service and trace id, and its own fields.",
        ),
        ...platform.events.flatMap(event),
      ]),
    ],
  };
}

function section(
  name: string,
  entries: unknown[],
  blocks: () => BlockContent | BlockContent[],
): BlockContent[] {
  return entries.length > 0 ? [heading(2, name), ...[blocks()].flat()] : [];
}

const ORDER = ["critical", "warning", "none"] as const;

function alerts(platform: Platform): BlockContent {
  const key = (alert: ListedAlert) => `${ORDER.indexOf(alert.severity)} ${alert.service ?? ""} ${alert.name}`;
  const listed = listedAlerts(platform);
  const keys = new Map(listed.map((alert) => [alert, key(alert)]));
  const sorted = [...listed].sort((a, b) => ((keys.get(a) ?? "") < (keys.get(b) ?? "") ? -1 : 1));
  return classed("alerts", table(["Alert", "Severity", "Service", "Summary"], sorted.map(alertRow)));
}

const alertRow = once((alert: ListedAlert) =>
  shared(
    row([
      [link(`${alert.name}.md`, alert.alertname)],
      [severityMark(alert)],
      alert.service === undefined ? [] : [inlineCode(alert.service)],
      words(alert.summary),
    ]),
  ),
);

function environments(platform: Platform): BlockContent {
  return table(
    ["Environment", "Where", "Open", "Paste this"],
    environmentsOf(platform).map((environment) => [
      [strong(environment.name)],
      [`${environment.stage}, ${environment.target}, ${environment.size} size`],
      joined(
        [
          [link(environment.links.prometheus, "Prometheus")],
          [link(environment.links.alertmanager, "Alertmanager")],
          [link(environment.links.grafana, "Grafana")],
        ],
        " · ",
      ),
      [inlineCode(enterCommand(environment))],
    ]),
  );
}

function objectives(platform: Platform): BlockContent {
  return table(["SLO", "What", "Service", "Objective", "Budget", "Alerts"], listedSlos(platform).map(sloRow));
}

// "order-latency-page-quick" is its SLO's "page-quick".
const tail = (slo: ListedSlo, alert: string) =>
  alert.startsWith(`${slo.name}-`) ? alert.slice(slo.name.length + 1) : alert;

const sloRow = once((slo: ListedSlo) =>
  shared(
    row([
      [inlineCode(slo.name)],
      words(slo.title),
      [inlineCode(slo.service)],
      [`${percentText(slo.objective)} over ${periodText(slo.period)}`],
      [`${percentText(slo.budget)} of events`],
      joined(
        slo.alerts.map((name) => [link(`${name}.md`, tail(slo, name))]),
        ", ",
      ),
    ]),
  ),
);

function dashboards(platform: Platform): BlockContent {
  return table(
    ["Dashboard", "What it shows", "Open in"],
    platform.dashboards.map((dashboard) => [
      words(dashboard.title),
      words(dashboard.description),
      openIn(platform, (environment) => dashboardUrl(environment, dashboard)),
    ]),
  );
}

function services(platform: Platform): BlockContent {
  const names = (list: string[]): Inline[] =>
    list.length > 0
      ? joined(
          list.map((name) => [inlineCode(name)]),
          ", ",
        )
      : ["none"];
  return table(
    ["Service", "What it does", "Ports", "Calls", "Called by"],
    platform.services.map((service) => [
      [inlineCode(service.name)],
      [strong(...words(service.title)), ": ", ...words(service.description)],
      [
        Object.entries(service.ports)
          .map(([name, port]) => `${name} ${port}`)
          .join(", "),
      ],
      names(service.dependsOn),
      names(service.callers),
    ]),
  );
}

function event({ name, level, message, fields }: Event): BlockContent[] {
  const rows = Object.entries(fields).map(([field, spec]): Inline[][] => [
    [inlineCode(field)],
    [spec.type],
    words(spec.description),
  ]);
  return [
    heading(3, name),
    paragraph("Level ", inlineCode(level), ". ", ...words(message)),
    ...(rows.length > 0 ? [table(["Field", "Type", "What it holds"], rows)] : []),
  ];
}
