// A silence is how somebody says to be on it: nobody is told again, and the escalation ends.
import type { BlockContent } from "mdast";
import { silenceMatchers } from "../model/alerting/silence.ts";
import type { Alert, Environment, Platform } from "../model/model.ts";
import { described, environmentsOf } from "./environments.ts";
import { code, inlineCode, list, paragraph } from "./tree.ts";

type Named = Pick<Alert, "alertname">;

/** Alertmanager's form for a new silence of the alert (`#/silences/new?filter=…` of Alertmanager's own web page). */
export function silenceUrl(environment: Environment, platform: Platform, alert: Named): string {
  const matchers = Object.entries(silenceMatchers(alert, { platform, environment }));
  const filter = `{${matchers.map(([label, value]) => `${label}="${value}"`).join(",")}}`;
  return `${environment.links.alertmanager}/#/silences/new?filter=${encodeURIComponent(filter)}`;
}

/** The same by amtool, for an hour. Names and base URLs hold nothing that a shell would act on: their schemas see to that. */
export function silenceCommand(environment: Environment, platform: Platform, alert: Named): string {
  const matchers = Object.entries(silenceMatchers(alert, { platform, environment }));
  const words = matchers.map(([label, value]) => `${label}=${value}`).join(" ");
  return `amtool silence add --alertmanager.url=${environment.links.alertmanager} --duration=1h --comment="on it" ${words}`;
}

/** Who is told by itself while nobody silences the alert, and how to silence it from a terminal; the Watchdog is not to be silenced. */
export function unsilenced(
  platform: Platform,
  alert: Named & Pick<Alert, "source" | "severity">,
): BlockContent[] {
  if (alert.source === "watchdog") return [];
  const environments = environmentsOf(platform);
  const steps = alert.severity === "critical" ? platform.routing.escalation : [];
  const [first] = environments;
  return [
    ...steps.flatMap(({ after, to }) => [
      paragraph(
        "If it still fires ",
        inlineCode(after),
        " after it began and nobody has silenced it, these are told too:",
      ),
      list(environments.map((environment) => [`${environment.name}: `, ...described(environment, to)])),
    ]),
    ...(first
      ? [
          paragraph(`To say in a terminal that you are on it, for an hour (here in ${first.name}):`),
          code("sh", silenceCommand(first, platform, alert)),
        ]
      : []),
  ];
}
