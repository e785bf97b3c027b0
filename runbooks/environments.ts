// What differs from environment to environment: production first, since that is where people are woken.
import type { ReceiverSpec } from "../catalog/routing.ts";
import type { Alert, Environment, Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { type Inline, inlineCode, joined, link } from "./tree.ts";

const STAGES = ["prod", "staging", "dev", "local"] as const;

/** The platform's environments, production first, then by name. */
export const environmentsOf = once((platform: Platform): readonly Environment[] =>
  [...platform.environments].sort(
    (a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || (a.name < b.name ? -1 : 1),
  ),
);

/** One link for each environment: "prod · staging · dev". */
export function openIn(platform: Platform, url: (environment: Environment) => string): Inline[] {
  return joined(
    environmentsOf(platform).map((environment) => [link(url(environment), environment.name)]),
    " · ",
  );
}

/**
 * Shell line that points the commands of a page at an environment. Names of contexts and namespaces hold nothing that a shell
 * would act on: the catalog's schema sees to that.
 */
export function enterCommand(environment: Environment): string {
  return `export NAMESPACE=${environment.namespace}; kubectl config use-context ${environment.context}`;
}

/** As `enterCommand`, and points deploys there too. The stacks' app reads these variables. */
export function operateCommand(platform: Platform, environment: Environment): string {
  const variables = [
    `NAMESPACE=${environment.namespace}`,
    `FAIRLEAD_PLATFORM=${platform.name}`,
    `FAIRLEAD_ENV=${environment.name}`,
    "KUBE_CONFIG_PATH=~/.kube/config",
  ];
  return `export ${variables.join(" ")}; kubectl config use-context ${environment.context}`;
}

/** Who hears of alerts of a severity in an environment. */
export function notified(
  platform: Platform,
  environment: Environment,
  severity: Alert["severity"],
): Inline[] {
  const { routes, heartbeat } = platform.routing;
  return described(environment, severity === "none" ? [heartbeat] : routes[severity]);
}

/** Receivers as they are in an environment. */
export function described(environment: Environment, receivers: readonly string[]): Inline[] {
  return joined(
    receivers.flatMap((name) => {
      const receiver = environment.receivers[name];
      return receiver ? [describe(name, receiver)] : [];
    }),
    ", ",
  );
}

function describe(name: string, receiver: ReceiverSpec): Inline[] {
  switch (receiver.kind) {
    case "pagerduty":
      return ["PagerDuty ", inlineCode(name)];
    case "slack":
      return ["Slack ", inlineCode(receiver.channel)];
    case "webhook":
      return ["webhook ", inlineCode(receiver.url)];
    case "webhook-secret":
      return ["webhook ", inlineCode(name)];
  }
}
