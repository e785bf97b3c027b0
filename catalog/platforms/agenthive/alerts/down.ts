import { type AlertInput, defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { podsOf, releasesOf, restart, restartSpawnManager, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

type Down = AlertInput<{ service: keyof typeof services; metric: keyof typeof metrics }>;

/** What differs between services of which nobody answers. */
interface Outage {
  service:
    | "hive-api"
    | "session-manager"
    | "resource-guardian"
    | "spawn-manager"
    | "model-gateway"
    | "dashboard-web";
  title: string;
  impact: string;
  severity?: Down["severity"];
  meets?: string[];
}

/** The alert and the runbook that all services share: what to look at is the same for each of them. */
function nobodyAnswers({ service, title, impact, severity = "critical", meets = [] }: Outage): Down {
  return {
    meets,
    summary: `No ${title} answers`,
    description: `Prometheus reaches no replica of the ${title}. ${impact}`,
    severity,
    service,
    when: { kind: "target-down" },
    direct: true,
    runbook: {
      meaning: `Every replica of the ${title} is gone, or does not answer on its metrics port.`,
      impact,
      diagnosis: [
        podsOf(service),
        {
          do: "Read why the last container ended.",
          command: `kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=${service} | grep -A6 'Last State'`,
          good: "no last state: it is being replaced; wait a minute",
          bad: "OOMKilled: memory. Error: read its log. FailedMount under Events: a volume",
        },
        {
          do: "Read what it said last.",
          command: `kubectl -n $NAMESPACE logs deployment/${service} --previous --tail=50`,
          bad: "an error at the end: it names the cause",
        },
        {
          do: "If pods are ready, ask whether Prometheus can reach them.",
          query: `up{service="${service}"}`,
          good: "1 for each ready pod: Prometheus reaches them again",
          bad: "0 with ready pods: a network policy or the metrics port changed",
        },
        releasesOf(service),
      ],
      mitigation: [
        service === "spawn-manager" ? restartSpawnManager : restart(service),
        { do: "If the trouble began with a release, roll it back as shown below." },
      ],
      rollback: [rollBack(service)],
    },
  };
}

/** Alerts of services of which no replica answers. */
export const downAlerts = defineAlerts(
  { services, metrics },
  {
    "hive-api-down": nobodyAnswers({
      service: "hive-api",
      title: "Hive API",
      impact: "People cannot see or stop sessions but with hivectl. Sessions go on.",
      meets: ["AH-11"],
    }),
    "session-manager-down": nobodyAnswers({
      service: "session-manager",
      title: "session manager",
      impact:
        "No session moves, and most other alerts are blind. All go on from their last checkpoint when it is back.",
      meets: ["AH-1"],
    }),
    "resource-guardian-down": nobodyAnswers({
      service: "resource-guardian",
      title: "resource guardian",
      impact: "No limit holds: one runaway agent can stop all sessions.",
      meets: ["AH-2"],
    }),
    "spawn-manager-down": nobodyAnswers({
      service: "spawn-manager",
      title: "spawn manager",
      impact: "There are no agents: sessions wait, and fail after ten minutes.",
      meets: ["AH-7"],
    }),
    "model-gateway-down": nobodyAnswers({
      service: "model-gateway",
      title: "model gateway",
      impact: "No agent reaches a model: all tasks wait. None fails within ten minutes.",
      meets: ["AH-8"],
    }),
    "dashboard-web-down": nobodyAnswers({
      service: "dashboard-web",
      title: "dashboard web server",
      impact: "Dashboards that are installed show their last state; new ones do not open. Sessions go on.",
      severity: "warning",
      meets: ["AH-14"],
    }),
  },
);
