import type { Alert, Environment, Platform } from "../model.ts";

/** What a silence of the alert in an environment asks for: all that Alertmanager routes of it, the escalation too. */
export function silenceMatchers(
  alert: Pick<Alert, "alertname">,
  { platform, environment }: { platform: Pick<Platform, "name">; environment: Pick<Environment, "name"> },
): Record<"alertname" | "environment" | "platform", string> {
  return { alertname: alert.alertname, environment: environment.name, platform: platform.name };
}
