import { alertLabels } from "../model/alerting/alert-labels.ts";
import { windowHolds } from "../model/alerting/time-intervals.ts";
import { runbookUrl } from "../model/links.ts";
import type { Environment, Platform } from "../model/model.ts";
import { AlertmanagerApi } from "./alertmanager-api.ts";
import { catalogReceivers } from "./catalog-receivers.ts";

/** Whom a test notification is for. */
export interface TestOf {
  platform: Platform;
  environment: Environment;
  severity: "critical" | "warning";
  /** Address of Alertmanager; default: that of the environment's links. */
  alertmanager?: string | undefined;
}

/** What became of a test notification. */
export interface SentTest {
  platform: string;
  environment: string;
  severity: "critical" | "warning";
  alertmanager: string;
  alertname: typeof TEST_ALERT;
  /** When it ends by itself, ISO 8601. */
  endsAt: string;
  /** Receivers of the catalog that Alertmanager tells of it. */
  receivers: string[];
  /** Receivers of the catalog that it would tell only if the alert lasted longer. */
  later: { after: string; receivers: string[] }[];
  /** Why nobody is told, if so. */
  heldBack: "silenced" | "inhibited" | "muted" | undefined;
}

/** Name of the test's alert: what a silence or a search for it asks for. */
export const TEST_ALERT = "FairleadTest";

/** Longer than warnings are collected (30 s), short enough to be over before anybody escalates. */
const LASTS_SECONDS = 120;

/**
 * Sends an alert that says it is a test to Alertmanager, and asks it who is told. Throws a ProblemsError if it cannot be reached,
 * refuses the alert (`notify/unreachable`), or tells others than the catalog says (`notify/other-receivers`).
 */
export async function sendTest(test: TestOf): Promise<SentTest> {
  const { platform, environment, severity } = test;
  const url = test.alertmanager ?? environment.links.alertmanager;
  const api = new AlertmanagerApi(url);
  const now = Date.now();
  const endsAt = new Date(now + LASTS_SECONDS * 1000).toISOString();
  const labels = testLabels(test);
  await api.post({ labels, annotations: texts(test), startsAt: new Date(now).toISOString(), endsAt });
  const { routed, heldBack } = await api.find(labels);
  const { receivers, later } = catalogReceivers(platform, severity, { routed, url });
  return {
    ...{ platform: platform.name, environment: environment.name, severity, alertmanager: url },
    ...{ alertname: TEST_ALERT, endsAt, receivers, later, heldBack: heldBack ?? mutedAt(now, test) },
  };
}

/** Alertmanager says so only when it would have told, which for a warning is half a minute later. */
function mutedAt(now: number, { platform, environment, severity }: TestOf): "muted" | undefined {
  const windows = [...environment.maintenance, ...(severity === "warning" ? platform.routing.muteTimes : [])];
  return windows.some((window) => windowHolds(window, now)) ? "muted" : undefined;
}

function testLabels({ platform, environment, severity }: TestOf): Record<string, string> {
  const labels = { platform: platform.name, service: "fairlead", severity, team: platform.team };
  return { alertname: TEST_ALERT, ...alertLabels({ labels }, environment) };
}

function texts({ platform, environment, severity }: TestOf): Record<string, string> {
  return {
    summary: `TEST, nothing is wrong: do ${severity} alerts of ${platform.title} in ${environment.name} arrive?`,
    description: `Sent by \`fairlead notify test\`. Nothing is to be done; it ends by itself after ${LASTS_SECONDS / 60} minutes.`,
    runbook_url: runbookUrl(environment, platform.name, "index"),
    dashboard_url: environment.links.alertmanager,
  };
}
