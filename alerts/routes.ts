import type { Platform } from "../model/model.ts";
import { type Matcher, same } from "./matchers.ts";

/** Who is told of the alerts that the matchers let through, how soon and how often. */
export interface Route {
  matchers: Matcher[];
  receiver: string;
  groupBy?: string[];
  groupWait?: string;
  groupInterval?: string;
  repeatInterval?: string;
  routes?: Route[];
}

/** Alerts that are told in one message: those of one name and one service, so that their links are common to all. */
export const GROUPED_BY = ["environment", "platform", "service", "alertname"];

/** Name of the receiver of a severity. */
export function receiverName(platform: string, severity: string): string {
  return `${platform}/${severity}`;
}

/** Routes of a platform's alerts. Each asks for the platform, so that those of several platforms can be put together. */
export function platformRoute({ name }: Pick<Platform, "name">): Route {
  const of = (severity: string) => receiverName(name, severity);
  return {
    matchers: [same("platform", name)],
    // An alert of a severity that no route below names is told like a warning, rather than to nobody.
    receiver: of("warning"),
    groupBy: GROUPED_BY,
    groupWait: "30s",
    groupInterval: "5m",
    repeatInterval: "12h",
    routes: [
      {
        matchers: [same("severity", "none"), same("alertname", "Watchdog")],
        receiver: of("heartbeat"),
        groupWait: "0s",
        groupInterval: "1m",
        repeatInterval: "1m",
      },
      {
        matchers: [same("severity", "critical")],
        receiver: of("critical"),
        // All labels: each alert is a group of its own. In a group that was told already a new alert would wait for the interval.
        groupBy: ["..."],
        groupWait: "0s",
        // What changes about one alert: that it is over, or back again just after. WV-9 leaves 5 s for that too.
        groupInterval: "5s",
        // Alertmanager knows no acknowledgement: a silence is one. Until then the alert is told again each hour.
        repeatInterval: "1h",
      },
      { matchers: [same("severity", "warning")], receiver: of("warning") },
    ],
  };
}
