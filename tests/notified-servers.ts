import { onTestFinished } from "vitest";
import { type Receivers, startReceivers } from "../lab/receivers.ts";

/** Loopback servers that stand for Slack, PagerDuty and a webhook, and keep what Alertmanager tells them; they end with the test. */
export async function notifiedServers(): Promise<Receivers> {
  const told = await startReceivers();
  onTestFinished(() => told.close());
  return told;
}
