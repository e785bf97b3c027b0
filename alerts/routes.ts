import { type Pace, paceOf } from "../model/alerting/pace.ts";
import type { Environment, Platform } from "../model/model.ts";
import { type Matcher, oneOf, same } from "./matchers.ts";

/** Who is told of the alerts that the matchers let through, how soon and how often. */
export interface Route {
  matchers: Matcher[];
  receiver: string;
  groupBy?: string[];
  groupWait?: string;
  groupInterval?: string;
  repeatInterval?: string;
  /** Names of the time intervals in which nobody is told. */
  muted?: string[];
  /** Whether the routes that come after it are asked too. */
  continue?: true;
  routes?: Route[];
}

/** Alerts that are told in one message: those of one name and one service, so that their links are common to all. */
export const GROUPED_BY = ["environment", "platform", "service", "alertname"];

/** Name of the receiver of a severity, or of another thing that the platform names. */
export function receiverName(platform: string, severity: string): string {
  return `${platform}/${severity}`;
}

/** Name of the receiver of a step of the escalation, counted from 0. */
export function escalationName(platform: string, step: number): string {
  return receiverName(platform, `escalation-${step + 1}`);
}

/** Names of the time intervals of a platform in an environment: Alertmanager's are common to all platforms. */
export function intervalNames({ name, routing }: Platform, { maintenance }: Environment) {
  return {
    muteTimes: routing.muteTimes.map((window) => `${name}/mute-${window.name}`),
    maintenance: maintenance.map((window) => `${name}/maintenance-${window.name}`),
  };
}

/** Routes of a platform's alerts. Each asks for the platform, so that those of several platforms can be put together. */
export function platformRoute(platform: Platform, environment: Environment): Route {
  const of = (severity: string) => receiverName(platform.name, severity);
  const { muteTimes, maintenance } = intervalNames(platform, environment);
  const { collect, critical } = paceOf(environment);
  return {
    matchers: [same("platform", platform.name)],
    // An alert of a severity that no route below names is told like a warning, rather than to nobody.
    receiver: of("warning"),
    groupBy: GROUPED_BY,
    groupWait: collect.first,
    groupInterval: collect.next,
    repeatInterval: "12h",
    routes: [
      {
        matchers: [same("severity", "none"), same("alertname", "Watchdog")],
        receiver: of("heartbeat"),
        groupWait: "0s",
        groupInterval: "1m",
        repeatInterval: "1m",
      },
      ...(maintenance.length > 0 ? invariantRoutes(platform, critical) : []),
      ...criticalRoutes(platform, {
        matchers: [same("severity", "critical")],
        muted: maintenance,
        ...critical,
      }),
      {
        matchers: [same("severity", "warning")],
        receiver: of("warning"),
        muted: [...muteTimes, ...maintenance],
      },
    ],
  };
}

/** What must never happen must not happen in a maintenance either. */
function invariantRoutes(platform: Platform, pace: Pace["critical"]): Route[] {
  const invariants = platform.alerts.filter(
    ({ invariant, severity }) => invariant && severity === "critical",
  );
  if (invariants.length === 0) return [];
  const names = oneOf(
    "alertname",
    invariants.map(({ alertname }) => alertname),
  );
  return criticalRoutes(platform, { matchers: [same("severity", "critical"), names], muted: [], ...pace });
}

/** The first notification and the steps of the escalation: each is a route of its own that waits for so long. */
function criticalRoutes(
  { name, routing }: Platform,
  { matchers, muted, first, next }: { matchers: Matcher[]; muted: string[] } & Pace["critical"],
): Route[] {
  const steps = [
    { receiver: receiverName(name, "critical"), groupWait: first },
    // A group that is new waits from the moment the alert began to fire, and tells nobody if it is over or silenced by then.
    ...routing.escalation.map(({ after }, i) => ({ receiver: escalationName(name, i), groupWait: after })),
  ];
  return steps.map((step, i) => ({
    matchers,
    ...step,
    // All labels: each alert is a group of its own. In a group that was told already a new alert would wait for the interval.
    groupBy: ["..."],
    // What changes about one alert: that it is over, or back again just after.
    groupInterval: next,
    // Alertmanager knows no acknowledgement: a silence is one. Until then the alert is told again each hour.
    repeatInterval: "1h",
    muted,
    ...(i < steps.length - 1 && { continue: true as const }),
  }));
}
