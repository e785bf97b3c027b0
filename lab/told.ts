import { setTimeout as delay } from "node:timers/promises";
import type { Notification, PagerDutyEvent, SlackMessage, WebhookMessage } from "./receivers.ts";

/** What a receiver was told of an alert. */
export interface Told {
  alertname: string;
  /** Such as `slack` or `pagerduty`. */
  to: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Whether it is over. */
  isResolved: boolean;
}

/** All that a lab's receivers were told since a time, in the order in which it came. */
export async function toldSince(
  receivers: string,
  { since, signal }: { since: number; signal: AbortSignal },
): Promise<Told[]> {
  const response = await fetch(`${receivers}/told?since=${since}`, { signal });
  return ((await response.json()) as Notification[]).flatMap(toldBy);
}

/** What is waited for: a message about one of these alerts. */
export interface Awaited {
  /** Where the lab's receivers are. */
  receivers: string;
  /** Milliseconds since 1970. */
  since: number;
  alertnames: readonly string[];
  isResolved: boolean;
}

const everyMs = 200;

/** The first message of that kind; nothing if none came in time. */
export async function firstTold(
  { receivers, since, alertnames, isResolved }: Awaited,
  { signal, seconds }: { signal: AbortSignal; seconds: number },
): Promise<Told | undefined> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    signal.throwIfAborted();
    const all = await toldSince(receivers, { since, signal });
    const first = all.find((one) => one.isResolved === isResolved && alertnames.includes(one.alertname));
    if (first) return first;
    await delay(everyMs, undefined, { signal });
  }
  return undefined;
}

/** Which alerts a notification is about: PagerDuty and Slack say it of one alert or group in words of their own, webhooks of each alert. */
export function toldBy({ at, to, message }: Notification): Told[] {
  if (to === "pagerduty") {
    const { event_action, payload } = message as PagerDutyEvent;
    return [{ alertname: payload.class, to, at, isResolved: event_action === "resolve" }];
  }
  if (to === "slack") {
    const title = (message as SlackMessage).attachments[0]?.title ?? "";
    const [, state, alertname] = /^\[(FIRING|RESOLVED)[^\]]*\] (\w+)/.exec(title) ?? [];
    return alertname === undefined ? [] : [{ alertname, to, at, isResolved: state === "RESOLVED" }];
  }
  return (message as WebhookMessage).alerts.map(({ status, labels }) => ({
    ...{ alertname: labels.alertname ?? "", to, at, isResolved: status === "resolved" },
  }));
}
