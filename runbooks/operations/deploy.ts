import type { BackendSpec, Platform } from "../../model/model.ts";
import { layers, stackId } from "../../model/names.ts";
import { environmentsOf } from "../environments.ts";
import type { Procedure, Step } from "./procedure.ts";
import { promoting } from "./promote.ts";
import { allAvailable, budgetsLeft, firingNow, named, recentEvents } from "./steps.ts";

/** How a change of the catalog reaches an environment. */
export function deploy(platform: Platform): Procedure {
  return {
    name: "deploy",
    title: "Deploy",
    purpose:
      "Brings what the catalog says into an environment: images, settings, numbers of pods, rules, dashboards. Nothing else is a deploy; what is changed by hand is taken back by the next one.",
    when: "A change was reviewed and merged. Not while a critical alert fires that the change does not mend, and not when nobody stays to watch it for half an hour.",
    before: [
      firingNow(platform),
      ...budgetsLeft(platform),
      {
        do: "Be in a clean checkout of what was merged: a deploy takes the files that lie here.",
        command: "git fetch && git status --short --branch",
        good: "up to date, nothing changed",
        bad: "behind, or files that are not committed",
      },
      {
        do: "See that what was generated is what the catalog says, and that the real tools accept it.",
        command: "npx fairlead generate --check && npx fairlead check",
        good: "no problem found",
        bad: "a problem: it names the file and the fix; do not deploy",
      },
    ],
    parts: [way(platform), ...promoting(platform), steps(platform)],
    verify: [
      allAvailable,
      recentEvents,
      {
        do: "See that the pods run the image that was meant.",
        command:
          "kubectl -n $NAMESPACE get deployments -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image",
        good: "the catalog's images",
      },
      firingNow(platform),
      {
        do: "See that nothing is left to change: what runs is what the catalog says.",
        command: diff("services"),
        good: "no changes",
        bad: "changes: somebody changes it by hand at the same time, or an operator does",
      },
    ],
    undo: [{ do: "Follow Roll back. Do not repair forward while users suffer." }],
    tell: `The team \`${platform.team}\`, before production and when it is done.`,
    alerts: [],
  };
}

function way(platform: Platform): Procedure["parts"][number] {
  const order = [...platform.environments];
  const gates = (environment: string) =>
    platform.gates.filter((gate) => gate.environments.includes(environment)).map((gate) => gate.name);
  return {
    title: "The way of a change",
    text: "One environment after the other, in this order. A change that was never in the one before does not enter the next. Each environment has three stacks, applied in this order: foundation (namespace, quota, volumes), services, observability (rules, routes, dashboards).",
    facts: {
      head: ["Environment", "Stage", "Gates at its door", "Stacks", "State"],
      rows: order.map((environment) => [
        environment.name,
        environment.stage,
        named(gates(environment.name)) || "none",
        named(layers.map((layer) => stackId(platform.name, environment.name, layer))),
        stateText(environment.backend),
      ]),
    },
    steps: [],
  };
}

function steps(platform: Platform): Procedure["parts"][number] {
  const plans = layers.map(
    (layer): Step => ({
      do: `Read what will change in the ${layer} stack.`,
      command: diff(layer),
      good: "only what you meant to change",
      bad:
        layer === "foundation"
          ? "a volume or the namespace would be replaced: stop, data would be lost"
          : "something is destroyed that you did not take out: stop",
    }),
  );
  return {
    title: "Deploy to one environment",
    steps: [
      ...plans,
      {
        do: "Apply all three.",
        command: 'npx cdktf deploy "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-*"',
        good: "asks for each stack, then: Apply complete",
        bad: "Error acquiring the state lock: somebody else deploys; find out who before anything else",
      },
      {
        do: `Watch the first half hour: the dashboards of ${platform.title}, and what fires.`,
        good: "no new alert, error ratios as before",
        bad: "errors or latency rise within minutes: roll back first, look for the cause later",
      },
    ],
  };
}

function diff(layer: string): string {
  return `npx cdktf diff "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-${layer}"`;
}

/** Where Terraform keeps the state, for a person. */
export function stateText(backend: BackendSpec): string {
  switch (backend.kind) {
    case "local":
      return `files in \`${backend.folder}\``;
    case "s3":
      return `S3 bucket \`${backend.bucket}\` in ${backend.region}`;
    case "kubernetes":
      return `Secrets in namespace \`${backend.namespace}\``;
    case "http":
      return `HTTP at \`${backend.address}\``;
  }
}

/** The platform's environments that keep their state where a lost laptop or cluster does not take it along. */
export function remoteStates(platform: Platform): string[] {
  return environmentsOf(platform)
    .filter(({ backend }) => backend.kind === "s3" || backend.kind === "http")
    .map(({ name }) => name);
}
