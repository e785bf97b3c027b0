import type { Environment, Platform, Service } from "../../model/model.ts";
import { mostPods } from "../../model/pods.ts";
import { environmentsOf } from "../environments.ts";
import type { Part, Procedure, Step } from "./procedure.ts";
import { allAvailable, allowedTo, firingNow, foremost, podsText } from "./steps.ts";

/** How services get more or fewer pods, and volumes more room. */
export function scale(platform: Platform): Procedure {
  const environments = environmentsOf(platform);
  return {
    name: "scale",
    title: "Scale",
    purpose:
      "Gives a service more or fewer pods, or a volume more room, within what the namespace may ask for.",
    when: "An autoscaler stands at its maximum, pods are short of processor or memory, work waits, or a disk fills up. Not against errors that load does not cause: more pods of something broken break more.",
    before: [
      allowedTo("patch", "deployments"),
      {
        do: "See how many pods there are and may be.",
        command: "kubectl -n $NAMESPACE get deployments,hpa",
        good: "fewer replicas than the maximum, CPU below its target",
        bad: "replicas at the maximum, CPU above its target",
      },
      {
        do: "See what the namespace has left.",
        command: "kubectl -n $NAMESPACE describe resourcequota",
        good: "used is well below hard",
        bad: "no room: another service must shrink first, or the environment's quota grows in the catalog",
      },
    ],
    parts: [
      {
        title: "What the catalog says",
        facts: {
          head: ["Service", ...environments.map((e) => e.name)],
          rows: platform.services.map((service) => [
            `\`${service.name}\``,
            ...environments.map((e) => cell(e, service.name)),
          ]),
        },
        steps: [],
      },
      {
        title: "What a namespace may ask for",
        facts: {
          head: ["Environment", "Processor", "Memory", "Disk"],
          rows: environments.map(({ name, capacity }) => [
            name,
            `${capacity.cores} cores`,
            gigabytes(capacity.memoryBytes),
            gigabytes(capacity.storageBytes),
          ]),
        },
        steps: [],
      },
      ...pods(platform),
      ...room(platform),
      {
        title: "For good",
        steps: [
          {
            do: "Write the new numbers into the catalog, under `services` of the environment, and deploy. Otherwise the next deploy brings the old ones back.",
            command: "npx fairlead generate && npx fairlead check --only catalog",
            good: "no problem found",
            bad: "environment/does-not-fit: the namespace's quota is too small for it",
          },
        ],
      },
    ],
    verify: [allAvailable, firingNow(platform)],
    undo: [{ do: "Set the numbers of the table above again, by the same commands. A volume cannot shrink." }],
    tell: `The team \`${platform.team}\`: what was changed by hand has to go into the catalog, or be taken back.`,
    alerts: [],
  };
}

function cell(environment: Environment, name: string): string {
  const service = environment.services.find((s) => s.name === name);
  return service ? podsText(service) : "";
}

/** A quarter more than production has at most, and one at least: what one dares without measuring again. */
const more = (service: Service) => mostPods(service) + Math.max(1, Math.ceil(mostPods(service) / 4));

function pods(platform: Platform): Part[] {
  const environment = foremost(platform);
  if (!environment) return [];
  const single = environment.volumes.filter((v) => v.access === "single").map((v) => v.name);
  const alone = (service: Service) => Object.values(service.mounts).some((m) => single.includes(m.volume));
  const steps = environment.services.map((service): Step => {
    if (alone(service))
      return {
        do: `\`${service.name}\` stays at one pod: its volume attaches to one at a time. Give it more processor and memory in the catalog instead.`,
      };
    return {
      do: `\`${service.name}\`: ${environment.name} has ${podsText(service)}; this allows ${more(service)}.`,
      command:
        "replicas" in service.scaling
          ? `kubectl -n $NAMESPACE scale deployment/${service.name} --replicas=${more(service)}`
          : `kubectl -n $NAMESPACE patch hpa ${service.name} --patch '{"spec":{"maxReplicas":${more(service)}}}'`,
    };
  });
  return [
    {
      title: "More pods now",
      text: `The numbers are for ${environment.name}: a quarter more than it has at most. New pods are ready within a minute or two. Fewer pods: the same with a smaller number.`,
      steps,
    },
  ];
}

function room(platform: Platform): Part[] {
  const environment = foremost(platform);
  if (!environment || environment.volumes.length === 0) return [];
  return [
    {
      title: "A larger volume",
      text: "Grows without a restart where its storage class allows that, and never shrinks: the catalog has to follow, or the next deploy fails. First see whether something can go: old files are cheaper than room.",
      facts: {
        head: ["Volume", "What is on it", ...environmentsOf(platform).map((e) => e.name)],
        rows: environment.volumes.map((volume) => [
          `\`${volume.name}\``,
          volume.title,
          ...environmentsOf(platform).map((e) => e.volumes.find((v) => v.name === volume.name)?.size ?? ""),
        ]),
      },
      steps: [
        {
          do: "See whether the storage class lets a volume grow.",
          command:
            "kubectl get storageclass -o custom-columns=NAME:.metadata.name,GROWS:.allowVolumeExpansion",
          good: "true for the class that the volume has",
          bad: "none or false: make a larger one and copy, as under Back up and restore",
        },
        ...environment.volumes.map(
          (volume): Step => ({
            do: `Give \`${volume.name}\` half as much again as it has in ${environment.name}.`,
            command: `kubectl -n $NAMESPACE patch pvc ${volume.claim} --patch '{"spec":{"resources":{"requests":{"storage":"${Math.ceil((volume.sizeBytes * 1.5) / 2 ** 30)}Gi"}}}}'`,
            good: "the volume's capacity follows within minutes: kubectl get pvc shows it",
          }),
        ),
      ],
    },
  ];
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(3))} GB`;
}
