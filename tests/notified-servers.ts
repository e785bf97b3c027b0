// Loopback servers that stand for Slack, PagerDuty and a webhook, and keep what Alertmanager tells them.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

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

export interface NotifiedServers {
  url: string;
  slack: SlackMessage[];
  pagerduty: PagerDutyEvent[];
  /** By the path under `/webhook/`. */
  webhooks: { path: string; message: WebhookMessage }[];
}

/** Starts them at `/slack`, `/pagerduty` and `/webhook/…` of one address; they end with the test. */
export async function notifiedServers(): Promise<NotifiedServers> {
  const told: NotifiedServers = { url: "", slack: [], pagerduty: [], webhooks: [] };
  const server = createServer(async (request, response) => {
    const body: unknown = JSON.parse((await text(request)) || "{}");
    const path = request.url ?? "";
    if (path === "/slack") told.slack.push(body as SlackMessage);
    else if (path === "/pagerduty") told.pagerduty.push(body as PagerDutyEvent);
    else told.webhooks.push({ path: path.replace("/webhook/", ""), message: body as WebhookMessage });
    // Each service's own answer: PagerDuty accepts, Slack says ok.
    response.statusCode = path === "/pagerduty" ? 202 : 200;
    response.end(path === "/slack" ? "ok" : "{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  told.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return told;
}
