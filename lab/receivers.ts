import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What Slack's incoming webhook is sent. */
export interface SlackMessage {
  channel: string;
  attachments: {
    title: string;
    title_link: string;
    text: string;
    color: string;
    actions: { url: string }[];
  }[];
}

/** What PagerDuty's Events API v2 is sent. */
export interface PagerDutyEvent {
  routing_key: string;
  dedup_key: string;
  event_action: "trigger" | "resolve";
  payload: {
    summary: string;
    severity: string;
    class: string;
    component: string;
    custom_details: Record<string, string>;
  };
  links: { href: string; text: string }[];
}

/** What a webhook is sent. */
export interface WebhookMessage {
  status: "firing" | "resolved";
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** One server at `url` that stands for all whom Alertmanager tells, and what they were told. */
export interface Receivers {
  url: string;
  slack: SlackMessage[];
  pagerduty: PagerDutyEvent[];
  /** By the path under `/webhook/`. */
  webhooks: { path: string; message: WebhookMessage }[];
  close(): Promise<void>;
}

/** A notification as `GET /told` lists it. */
export interface Notification {
  /** When it came, in milliseconds since 1970. */
  at: number;
  /** Such as `slack`, `pagerduty` or `webhook/heartbeat`. */
  to: string;
  message: unknown;
}

// The heartbeat comes every second at a drill's pace: an hour of it, and everything else of a long one.
const remembered = 10_000;

/**
 * Starts receivers in the formats of Slack (`/slack`), PagerDuty (`/pagerduty`) and webhooks (`/webhook/…`) on a port of the loopback
 * interface, 0 for any free one. `GET /told` lists the last ten thousand notifications, with `?since=` those from that millisecond on.
 */
export async function startReceivers(port = 0): Promise<Receivers> {
  const told: Receivers = { url: "", slack: [], pagerduty: [], webhooks: [], close: async () => undefined };
  const notifications: Notification[] = [];
  const server = createServer((request, response) => {
    void answer(request, { response, told, notifications }).catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  told.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  told.close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return told;
}

async function answer(
  request: IncomingMessage,
  to: { response: ServerResponse; told: Receivers; notifications: Notification[] },
): Promise<void> {
  const { response, told, notifications } = to;
  const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (request.method === "GET") {
    const since = Number(searchParams.get("since") ?? 0);
    response.setHeader("content-type", "application/json");
    response.end(path === "/told" ? JSON.stringify(notifications.filter(({ at }) => at >= since)) : "{}");
    return;
  }
  const message: unknown = JSON.parse((await text(request)) || "{}");
  if (path === "/slack") keep(told.slack, message as SlackMessage);
  else if (path === "/pagerduty") keep(told.pagerduty, message as PagerDutyEvent);
  else keep(told.webhooks, { path: path.replace("/webhook/", ""), message: message as WebhookMessage });
  keep(notifications, { at: Date.now(), to: path.slice(1), message });
  // Each service's own answer: PagerDuty accepts, Slack says ok.
  response.statusCode = path === "/pagerduty" ? 202 : 200;
  response.end(path === "/slack" ? "ok" : "{}");
}

function keep<T>(list: T[], one: T): void {
  list.push(one);
  if (list.length > remembered) list.shift();
}
