import type { Platform } from "../../model/model.ts";
import { layers } from "../../model/names.ts";
import { environmentsOf } from "../environments.ts";
import { remoteStates, stateText } from "./deploy.ts";
import type { Part, Procedure, Step } from "./procedure.ts";
import { bySecret, secretsOf } from "./secret-references.ts";
import { allAvailable, firingNow, named, podsNow, recentEvents } from "./steps.ts";
import { databasesOf, outsideStores } from "./stores.ts";

/** How the platform comes back after the loss of a part, or of everything. */
export function disasterRecovery(platform: Platform): Procedure {
  return {
    name: "disaster-recovery",
    title: "Disaster recovery",
    purpose:
      "Brings the platform back after the loss of pods, a node, the namespace, the cluster, the state of Terraform or the monitoring: begin at the smallest loss that explains what you see.",
    when: "Something is gone that a restart does not bring back. Practise it every half year in an environment that is not production, with a clock.",
    before: [
      podsNow,
      {
        do: "See whether the cluster itself answers.",
        command: "kubectl get nodes && kubectl get --raw='/readyz?verbose' | tail -5",
        good: "all nodes Ready, readyz check passed",
        bad: "no answer: the cluster is lost or unreachable; ask whoever runs it before you build a new one",
      },
      { do: "Write down the time. From now on one person decides, one writes, the others do." },
    ],
    parts: [
      needed(platform),
      node(),
      namespace(platform),
      cluster(platform),
      state(platform),
      monitoring(platform),
    ],
    verify: [
      allAvailable,
      firingNow(platform),
      ...(platform.loadProfiles.some((profile) => profile.name === "smoke")
        ? [
            {
              do: "Send the smoke test's requests; the address is that of the service behind it, TOKEN_FILE a file with an access token for it.",
              command: `k6 run -e TOKEN_FILE=$TOKEN_FILE generated/load-tests/${platform.name}/smoke/script.js`,
              good: "all thresholds hold",
              bad: "requests fail: the data or a secret is missing",
            },
          ]
        : []),
    ],
    undo: [
      {
        do: "Keep the lost environment's volumes and state until the new one has run for a week: delete nothing on the first day.",
      },
    ],
    tell: `At once: the whole list of contacts and whoever uses the platform. Every half hour a line: what is known, what is next. Afterwards: how long it took and how much data was lost.`,
    alerts: [],
  };
}

function needed(platform: Platform): Part {
  const registries = [...new Set(platform.services.map(({ image }) => registryOf(image)))].sort();
  return {
    title: "What must be there before you can begin",
    text: "None of these may be lost together with the cluster. See today that they are not.",
    facts: {
      head: ["What", "Where"],
      rows: [
        ["The repository", platform.repository],
        ["The images", registries.map((name) => `\`${name}\``).join(", ")],
        ["The values of the secrets", named(bySecret(secretsOf(platform)).map((s) => s.secret)) || "none"],
        ["The copies of the data", "see Back up and restore"],
        ...environmentsOf(platform).map(({ name, backend }) => [`State of ${name}`, stateText(backend)]),
        ...outsideStores(platform.services).map(({ why, address }) => [why, address]),
      ],
    },
    steps: [],
  };
}

function node(): Part {
  return {
    title: "Lost: pods or a node",
    text: "Kubernetes brings them back by itself within five minutes. Help it only if it does not.",
    steps: [
      podsNow,
      recentEvents,
      {
        do: "If a node is gone for good, say so: its pods are then started elsewhere at once. NODE is its name.",
        command: "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data --force --timeout=2m",
        bad: "disruption budgets hold it up: pods elsewhere are not ready yet",
      },
    ],
  };
}

function namespace(platform: Platform): Part {
  return {
    title: "Lost: the namespace",
    steps: restoreSteps(platform),
  };
}

function restoreSteps(platform: Platform): Step[] {
  const [foundation, ...others] = layers.map((layer) => `"$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-${layer}"`);
  const databases = databasesOf(platform.services).map((database) => database.service);
  return [
    {
      do: "Bring back the namespace, its quota, its policies and its volumes, empty.",
      command: `npx cdktf deploy ${foundation}`,
      good: "Apply complete",
    },
    { do: "Make its Secrets: Creation, in The life of a secret. Without them no pod starts." },
    {
      do: "Bring back services, rules, routes and dashboards.",
      command: `npx cdktf deploy ${others.join(" ")}`,
      good: "Apply complete",
    },
    ...(databases.length > 0 || platform.volumes.length > 0
      ? [
          {
            do: `Bring back the data: Back up and restore${databases.length > 0 ? `, first ${named(databases)}` : ""}. Stop the services that write meanwhile.`,
          },
        ]
      : []),
    allAvailable,
  ];
}

function cluster(platform: Platform): Part {
  return {
    title: "Lost: the cluster",
    facts: {
      head: ["Environment", "Context", "Namespace", "Needs at least"],
      rows: environmentsOf(platform).map(({ name, context, namespace: space, capacity }) => [
        name,
        `\`${context}\``,
        `\`${space}\``,
        `${capacity.cores} cores, ${Math.round(capacity.memoryBytes / 1e9)} GB memory, ${Math.round(capacity.storageBytes / 1e9)} GB disk`,
      ]),
    },
    steps: [
      {
        do: "Have a new cluster made, and give it the context's name from the table: stacks ask for it by that name. OLD is the name that you were given.",
        command: "kubectl config rename-context OLD NEW",
      },
      {
        do: "If the state lay in the lost cluster, begin with an empty one; if it lay outside, it still names what is gone: Terraform finds out by itself.",
        command: "npx cdktf synth",
      },
      ...restoreSteps(platform),
      { do: "Let names and addresses that people use lead to the new cluster." },
    ],
  };
}

function state(platform: Platform): Part {
  const remote = remoteStates(platform);
  return {
    title: "Lost: the state of Terraform",
    text: `The services go on running; only deploys stand still. ${remote.length > 0 ? `Outside the cluster lie the states of ${remote.join(", ")}.` : "No state lies outside the clusters: a lost cluster takes it along."}`,
    steps: [
      {
        do: "Bring back the last version from the store's history, if it keeps one. Then see whether it fits what runs.",
        command: 'npx cdktf diff "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-foundation"',
        good: "no changes, or only what was deployed since",
        bad: "everything would be created anew: it is not the right state; do not apply",
      },
      {
        do: "If there is none: take over what runs, resource by resource, in the folder of the stack below `cdktf.out/stacks`. ADDRESS is from the plan, ID is NAMESPACE/NAME.",
        command: "terraform import ADDRESS ID",
        bad: "never let Terraform delete and make anew what holds data",
      },
    ],
  };
}

function monitoring(platform: Platform): Part {
  return {
    title: "Lost: the monitoring",
    text: "Nobody is told of anything meanwhile: somebody watches the platform until it is back. The Watchdog's receiver should have raised the alarm.",
    steps: [
      { do: "Have Prometheus, Alertmanager and Grafana brought back by whoever runs them." },
      {
        do: "Bring back rules, routes and dashboards.",
        command: 'npx cdktf deploy "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-observability"',
        good: "Apply complete",
      },
      {
        do: "See that rules are evaluated again.",
        query: `ALERTS{alertname="Watchdog",platform="${platform.name}"}`,
        good: "one series with alertstate firing",
        bad: "nothing: the rules are not loaded",
      },
      { do: "Objectives need their whole period of history: until then, budgets show more than is left." },
    ],
  };
}

/** The host of an image's registry; one without a host comes from Docker Hub. */
function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]/.test(first) ? first : "docker.io";
}
