import { defineAlerts } from "fairlead";
import { coordinator, learning, optimizer } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { agentsByType, enlarge, nexusctl, sql } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** What will run short or wear out, said in time to plan for it (NX-10). */
export const forecastAlerts = defineAlerts(
  { services, metrics },
  {
    "maintenance-due": {
      meets: ["NX-10"],
      summary: "{{ $labels.component }} will need maintenance within a day",
      description:
        "If the health of {{ $labels.component }} goes on falling as in the last 6 hours, it is below 0.5 within 24 hours.",
      severity: "warning",
      service: optimizer,
      when: {
        kind: "forecast",
        metric: "nexus_component_health_ratio",
        aggregate: "min",
        by: ["component"],
        trend: "falling",
        reaches: "50%",
        within: "24h",
        basedOn: "6h",
      },
      for: "10m",
      because:
        "health follows the error rate of minutes, and a line of six hours has forgotten one bad spell by then",
      runbook: {
        meaning:
          "Error rate, latency or wear of the part rise steadily. It still works; maintenance in time keeps it from failing.",
        impact: "None yet.",
        diagnosis: [
          {
            do: "See the part's health and its course.",
            query: "min by (component) (nexus_component_health_ratio)",
            good: "it has turned upwards: wait for an hour",
            bad: "it falls steadily",
          },
          {
            do: "See what makes it fall.",
            command: nexusctl(optimizer, "health explain COMPONENT"),
            good: "one cause, with a recommendation",
            bad: "several causes: look at its dashboard",
          },
        ],
        mitigation: [
          {
            do: "Do what it recommends, in working hours, such as a vacuum, a rewrite of Redis' file or a restart.",
            command: nexusctl(optimizer, "recommendations list --component COMPONENT"),
            good: "health rises within the hour",
          },
        ],
      },
    },
    "experiences-full-soon": {
      meets: ["NX-4", "NX-10"],
      summary: "The store of experiences will be full within a week",
      description:
        "If experiences go on growing as in the last day, all 100,000 places are taken within 7 days.",
      severity: "warning",
      service: learning,
      when: {
        kind: "forecast",
        metric: "nexus_experiences_stored",
        aggregate: "max",
        trend: "rising",
        reaches: "100%",
        of: { metric: "nexus_experiences_limit", aggregate: "max" },
        within: "7d",
        // Tasks, and what is learnt of them, come by day.
        basedOn: "1d",
      },
      for: "1h",
      because:
        "a task that teaches many experiences at once is one step, which merging takes back within the hour",
      cause: "experiences",
      runbook: {
        meaning: "More is stored than merging and retention take away.",
        impact: "None yet. When it is full, nothing more is learnt.",
        diagnosis: [
          {
            do: "See the course of the last day.",
            query: "max(nexus_experiences_stored)",
            good: "a step that is over: a new kind of task was learnt",
            bad: "a steady rise",
          },
          {
            do: "See where they come from.",
            command: nexusctl(learning, "experiences count --by source --since 1d"),
            bad: "one source stands out",
          },
        ],
        mitigation: [
          {
            do: "Merge experiences that say the same.",
            command: nexusctl(learning, "experiences condense --alike 0.95"),
            good: "frees a tenth to a third of the places",
          },
          { do: "If it is growth of the business, plan a larger store with the platform lead." },
        ],
      },
    },
    "database-full-soon": {
      meets: ["NX-10"],
      summary: "PostgreSQL's volume will be full within 4 days",
      description:
        "If the databases go on growing as in the last day, they take more than 90 % of their volume within 4 days.",
      severity: "warning",
      service: "postgres",
      when: {
        kind: "forecast",
        metric: "pg_database_size_bytes",
        aggregate: "sum",
        trend: "rising",
        reaches: "90%",
        of: { metric: "nexus_database_limit_bytes", aggregate: "max" },
        within: "4d",
        // Vacuum and retention run at night.
        basedOn: "1d",
      },
      for: "1h",
      because:
        "a large import or a vacuum is a step or a saw tooth, which a line of a day forgives within the hour",
      runbook: {
        meaning: "Tables, indexes or dead rows grow faster than retention and vacuum take away.",
        impact: "None yet. When the volume is full, PostgreSQL stops, and with it every audited action.",
        diagnosis: [
          {
            do: "See which tables are large.",
            command: sql(
              "SELECT relname, pg_size_pretty(pg_total_relation_size(relid)) AS size, n_dead_tup FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 10",
            ),
            good: "experiences and audit lead, few dead rows",
            bad: "as many dead rows as live ones: vacuum does not keep up",
          },
          {
            do: "See whether retention and vacuum work.",
            query:
              '(time() - max by (chore) (nexus_chore_last_success_timestamp_seconds{chore=~"retention|vacuum"})) / 3600',
            good: "retention below 26, vacuum below 192",
            bad: "more: follow that alert's runbook first",
          },
        ],
        mitigation: [
          {
            do: "Vacuum now.",
            command: nexusctl("housekeeper", "run vacuum"),
            good: "prints success; dead rows fall",
          },
          enlarge("postgres-data"),
        ],
        rollback: [{ do: "Nothing to take back: a volume that was enlarged stays so, and loses nothing." }],
      },
    },
    "agents-full-soon": {
      meets: ["NX-4", "NX-10"],
      summary: "All places for agents will be taken within a day",
      description:
        "If the number of agents goes on growing as in the last 6 hours, the coordinators' places are taken within 24 hours.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "forecast",
        metric: "nexus_agents_registered",
        aggregate: "sum",
        trend: "rising",
        reaches: "100%",
        of: { metric: "nexus_agents_limit", aggregate: "sum" },
        within: "24h",
        basedOn: "6h",
      },
      for: "30m",
      because:
        "agents of a large order come at once; half an hour later they are there, and the line is level again or is not",
      cause: "agents",
      runbook: {
        meaning:
          "Agents come faster than they go. The autoscaler follows the processor's load and not the number of agents.",
        impact: "None yet. When all places are taken, agents are refused.",
        diagnosis: [
          agentsByType,
          {
            do: "See how many places there are.",
            query: "sum(nexus_agents_limit) - sum(nexus_agents_registered)",
            good: "above 100: a coordinator's worth",
            bad: "below 50",
          },
        ],
        mitigation: [
          {
            do: "Run one coordinator more for every 100 agents that are expected.",
            command: `MIN=$(kubectl -n $NAMESPACE get hpa ${coordinator} -o jsonpath='{.spec.minReplicas}') && kubectl -n $NAMESPACE patch hpa ${coordinator} --patch "{\\"spec\\":{\\"minReplicas\\":$((MIN + 1))}}"`,
            good: "a new pod is ready within a minute",
          },
        ],
        rollback: [
          {
            do: "The raised minimum goes back to the catalog's with the next deploy; raise it there too if the agents stay.",
          },
        ],
      },
    },
  },
);
