import { setTimeout as delay } from "node:timers/promises";
import type { Notification } from "./receivers.ts";

/** What is waited for: a message about one of these alerts. */
export interface Awaited {
  /** Where the lab's receivers are. */
  receivers: string;
  /** Milliseconds since 1970. */
  since: number;
  alertnames: readonly string[];
  /** Whether it fires, or is over. */
  status: "firing" | "resolved";
}

/** A message that came, and which alert it is about. */
export interface Told {
  alertname: string;
  /** Such as `slack` or `pagerduty`. */
  to: string;
  /** Milliseconds since 1970. */
  at: number;
}

const everyMs = 200;

/** The first message of that kind; nothing if none came in time. */
export async function firstTold(
  awaited: Awaited,
  { signal, seconds }: { signal: AbortSignal; seconds: number },
): Promise<Told | undefined> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    signal.throwIfAborted();
    const response = await fetch(`${awaited.receivers}/told?since=${awaited.since}`, { signal });
    for (const { at, to, message } of (await response.json()) as Notification[]) {
      const alertname = aboutWhich(JSON.stringify(message), awaited);
      if (alertname !== undefined) return { alertname, to, at };
    }
    await delay(everyMs, undefined, { signal });
  }
  return undefined;
}

// Slack, PagerDuty and webhooks say it in words of their own; each names the alert, and says when it is over.
function aboutWhich(message: string, { alertnames, status }: Awaited): string | undefined {
  const isOver = /"event_action":"resolve"|\[RESOLVED|"status":"resolved"/.test(message);
  if (isOver !== (status === "resolved")) return undefined;
  return alertnames.find((name) => new RegExp(`\\b${name}\\b`).test(message));
}
