import type { Alert, Platform, Slo } from "../../model/model.ts";
import { listedAlert } from "../listed.ts";
import type { Cell, Part, Procedure, Step } from "./procedure.ts";
import { allAvailable, firingNow, podsNow, recentEvents } from "./steps.ts";

/** Where to begin when nothing but a symptom is known. */
export function troubleshooting(platform: Platform): Procedure {
  return {
    name: "troubleshooting",
    title: "Troubleshooting by symptom",
    purpose: "Leads from what somebody sees to the page that helps.",
    when: "Somebody reports trouble and you do not know which page is the right one, or no alert fires and something is wrong all the same.",
    before: [firingNow(platform), podsNow, recentEvents],
    parts: [...symptoms(platform), pods(), silence(platform)],
    verify: [firingNow(platform), allAvailable],
    undo: [{ do: "Each page says how its own steps are taken back." }],
    tell: `The team \`${platform.team}\`: a symptom that leads to no page is a page that is missing.`,
    alerts: [],
  };
}

type Symptom =
  | "Does not answer, or is not seen"
  | "Is slow"
  | "Fails"
  | "Fills up, or nears a limit"
  | "Must never happen"
  | "Something else";

const ORDER: Symptom[] = [
  "Does not answer, or is not seen",
  "Fails",
  "Is slow",
  "Fills up, or nears a limit",
  "Must never happen",
  "Something else",
];

type Slos = ReadonlyMap<string, Slo>;

/** The alerts by what one sees of them; of an SLO only its quickest and its missing data. */
function symptoms(platform: Platform): Part[] {
  const slos = new Map(platform.slos.map((slo) => [slo.name, slo]));
  const shown = platform.alerts.filter((alert) => alert.severity !== "none" && stands(slos, alert));
  return ORDER.flatMap((title) => {
    const alerts = shown.filter((alert) => symptomOf(slos, alert) === title);
    if (alerts.length === 0) return [];
    const rows = alerts.map((alert): Cell[] => [
      { alert: listedAlert(platform, alert) },
      alert.service === undefined ? "" : `\`${alert.service}\``,
      alert.summary,
      alert.runbook.diagnosis[0]?.do ?? "",
    ]);
    return [{ title, facts: { head: ["Page", "Service", "What one sees", "Look first"], rows }, steps: [] }];
  });
}

function stands(slos: Slos, { source, signal, slo: name }: Alert): boolean {
  const slo = slos.get(name ?? "");
  if (source === "slo-absent" || !slo) return true;
  return signal.kind === "burn" && signal.tier.name === slo.tiers[0]?.name;
}

function symptomOf(slos: Slos, alert: Alert): Symptom {
  const { signal, invariant, labels } = alert;
  const slo = slos.get(alert.slo ?? "");
  if (signal.kind === "target-down" || signal.kind === "absent" || labels.cause === "no-data")
    return "Does not answer, or is not seen";
  if (invariant) return "Must never happen";
  if (signal.kind === "burn") return slo?.sli.kind === "latency" ? "Is slow" : "Fails";
  if (signal.kind === "gauge-ratio" || signal.kind === "forecast") return "Fills up, or nears a limit";
  const metric = "of" in signal ? signal.of.metric : undefined;
  const about = `${alert.name} ${metric?.name ?? ""}`;
  return WORDS.find(([pattern]) => pattern.test(about))?.[1] ?? "Something else";
}

// What an alert's name and metric speak of; the first that fits.
const WORDS: readonly [RegExp, Symptom][] = [
  [/slow|late(ncy|$|\b)|duration|overdue|behind/, "Is slow"],
  [/error|fail|reject|denied|timeout|breaker|missed|exceeded|attempt/, "Fails"],
  [/queue|pending|limit|full|capacity|low|high|busy|bytes|memory|disk|tokens/, "Fills up, or nears a limit"],
];

function pods(): Part {
  return {
    title: "A pod does not run",
    text: "POD is its name.",
    steps: [
      {
        do: "Pending: no node has room, the quota is used up, or a volume is not there.",
        command: "kubectl -n $NAMESPACE describe pod POD | tail -20",
        bad: "exceeded quota: follow Scale. unbound PersistentVolumeClaim: the storage class",
      },
      {
        do: "CrashLoopBackOff: read what it said before it ended.",
        command: "kubectl -n $NAMESPACE logs POD --previous --tail=50",
        bad: "connection refused: what it calls is down. Anything after a deploy: follow Roll back",
      },
      {
        do: "ImagePullBackOff: the image or its tag does not exist, or the registry refuses.",
        command: "kubectl -n $NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].image}'",
      },
      {
        do: "CreateContainerConfigError: a Secret or a key of it is missing: follow The life of a secret.",
        command: "kubectl -n $NAMESPACE get secrets",
      },
      {
        do: "OOMKilled: it asked for more memory than it may have: follow Tune performance.",
        command: "kubectl -n $NAMESPACE top pod POD --containers",
      },
    ],
  };
}

function silence(platform: Platform): Part {
  const steps: Step[] = [
    {
      do: "See whether alerting works at all.",
      query: `ALERTS{alertname="Watchdog",platform="${platform.name}"}`,
      good: "one series with alertstate firing",
      bad: "nothing: follow the Watchdog's page",
    },
    {
      do: "See whether Prometheus reaches the services.",
      query: `min by (job) (up{platform="${platform.name}"})`,
      good: "1 everywhere",
      bad: "0, or a job is missing: its metrics and alerts are blind",
    },
    {
      do: "See whether a silence hides it: open Alertmanager below and look at Silences.",
      good: "no silence of this platform",
    },
    {
      do: "See what changed last.",
      command:
        "kubectl -n $NAMESPACE get replicasets --sort-by=.metadata.creationTimestamp -o custom-columns=NAME:.metadata.name,CREATED:.metadata.creationTimestamp,PODS:.status.replicas",
    },
  ];
  return { title: "No alert fires, and something is wrong", steps };
}
