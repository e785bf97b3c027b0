import type { Platform } from "../../model/model.ts";
import { environmentsOf } from "../environments.ts";
import { percentText } from "../numbers.ts";
import type { Part, Procedure, Step } from "./procedure.ts";
import { budgetsLeft, firingNow, podsText } from "./steps.ts";

/** How the platform is made faster or cheaper, one measured change at a time. */
export function tune(platform: Platform): Procedure {
  return {
    name: "tune-performance",
    title: "Tune performance",
    purpose: "Finds what limits a service and changes one thing at a time, measured before and after.",
    when: "A latency objective burns its budget slowly, pods ask for much more than they use, or a larger load is expected. Not during an incident: then follow Scale.",
    before: [firingNow(platform), ...budgetsLeft(platform)],
    parts: [...objectives(platform), bottleneck(), settings(platform), measure(platform)],
    verify: [
      {
        do: "Compare with the measurement before: the same profile, the same environment, the same size.",
        good: "better by more than two runs differ from each other",
        bad: "no difference, or worse: take the change back, whatever it should have brought",
      },
      firingNow(platform),
    ],
    undo: [{ do: "Take the change out of the catalog and deploy. One change at a time makes that easy." }],
    tell: `The team \`${platform.team}\`, with both measurements.`,
    alerts: [],
  };
}

function objectives(platform: Platform): Part[] {
  if (platform.slos.length === 0) return [];
  return [
    {
      title: "What has to be reached",
      facts: {
        head: ["SLO", "What", "Service", "Objective"],
        rows: platform.slos.map(({ name, title, service, objective, period }) => [
          `\`${name}\``,
          title,
          `\`${service}\``,
          `${percentText(objective)} over ${period}`,
        ]),
      },
      steps: [
        {
          do: "See which one burns: 1 is just sustainable.",
          query: `max by (slo) (slo:current_burn_rate:ratio{platform="${platform.name}"})`,
          good: "below 1 everywhere: there is nothing to gain for users, only for cost",
          bad: "above 1: begin with the service of that SLO",
        },
      ],
    },
  ];
}

function bottleneck(): Part {
  return {
    title: "Find what limits it",
    text: "In this order: what the first shows often explains the others.",
    steps: [
      {
        do: "Processor and memory that pods really use.",
        command: "kubectl -n $NAMESPACE top pods --containers --sort-by=cpu",
        good: "well below requests",
        bad: "processor at its limit: it is throttled. Memory near its limit: it will be killed",
      },
      {
        do: "What they may use.",
        command:
          "kubectl -n $NAMESPACE get deployments -o custom-columns=NAME:.metadata.name,REQUESTS:.spec.template.spec.containers[0].resources.requests,LIMITS:.spec.template.spec.containers[0].resources.limits",
      },
      {
        do: "Whether autoscalers have come to their end.",
        command: "kubectl -n $NAMESPACE get hpa",
        bad: "replicas at the maximum and still above target",
      },
      {
        do: "Whether containers were killed for memory.",
        command:
          'kubectl -n $NAMESPACE get pods -o json | jq -r \'.items[] | .metadata.name as $pod | .status.containerStatuses[]? | select(.lastState.terminated.reason == "OOMKilled") | "\\($pod) \\(.lastState.terminated.finishedAt)"\'',
        good: "nothing",
        bad: "names of pods: give them more memory, or find the leak",
      },
      {
        do: "What it waits for: the services that it calls, its pool of connections, slow statements. The dashboards show each.",
      },
    ],
  };
}

function settings(platform: Platform): Part {
  const environments = environmentsOf(platform);
  return {
    title: "What can be turned",
    text: "Pods, processor and memory of each service by environment; all of it stands in the catalog.",
    facts: {
      head: ["Service", ...environments.map((e) => e.name)],
      rows: platform.services.map(({ name }) => [
        `\`${name}\``,
        ...environments.map((environment) => {
          const service = environment.services.find((s) => s.name === name);
          if (!service) return "";
          const { requests, limits } = service.resources;
          return `${podsText(service)}; asks ${requests.cpu}, ${requests.memory}; at most ${limits.cpu ?? "any CPU"}, ${limits.memory}`;
        }),
      ]),
    },
    steps: [
      {
        do: "More pods help against many requests, a larger pod against slow ones. Change one of them, once.",
      },
      { do: "Requests are what is used at the busiest hour, memory limits a quarter above its peak." },
    ],
  };
}

function measure(platform: Platform): Part {
  const steps = platform.loadProfiles.map(
    ({ name, title }): Step => ({
      do: `${title}: measure before and after, in an environment that is not production. BASE_URL is the address of the service there, TOKEN_FILE a file with an access token for it.`,
      command: `k6 run -e BASE_URL=$BASE_URL -e TOKEN_FILE=$TOKEN_FILE -e SUMMARY=${name}.json generated/load-tests/${platform.name}/${name}/script.js`,
      good: "all thresholds hold",
      bad: "a threshold is crossed: it names which",
    }),
  );
  return {
    title: "Measure",
    steps:
      steps.length > 0
        ? steps
        : [{ do: "The platform has no load profile: describe one in the catalog first." }],
  };
}
