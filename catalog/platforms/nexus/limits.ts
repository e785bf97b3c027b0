import { defineLimits } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { coordinator, learning, optimizer } from "./label-values.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

/** What Nexus is made for (NX-4); beyond it is refused. */
export const limits = defineLimits(
  { services, metrics, alerts },
  {
    "coordinated-agents": {
      meets: ["NX-4"],
      title: "Agents of a coordinator",
      description:
        "A coordinator looks after 100 agents at once and refuses more; another replica takes them.",
      service: coordinator,
      of: "agents",
      atMost: 100,
      per: "replica",
      warnsAt: "90%",
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "nexus_agents_registered" },
      alert: "agents-refused",
    },
    "queued-tasks": {
      meets: ["NX-4"],
      title: "Tasks in the queue",
      description: "With 1,000 tasks in the queue new ones are refused with 429.",
      service: coordinator,
      of: "tasks",
      atMost: 1000,
      per: "platform",
      warnsAt: "80%",
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "nexus_queue_tasks" },
      alert: "queue-full",
    },
    "stored-experiences": {
      meets: ["NX-4"],
      title: "Stored experiences",
      description: "With 100,000 experiences in the store new ones are refused.",
      service: learning,
      of: "experiences",
      atMost: 100_000,
      per: "platform",
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "nexus_experiences_stored" },
      alert: "experiences-full",
    },
    "metric-samples": {
      meets: ["NX-4"],
      title: "Samples of metrics",
      description: "Of more than 100,000 samples a second the rest is dropped.",
      service: optimizer,
      of: "samples",
      atMost: 100_000,
      per: "replica",
      window: "1s",
      warnsAt: "90%",
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "nexus_metric_samples_total" },
      alert: "samples-dropped",
    },
    "instance-memory": {
      meets: ["NX-4"],
      title: "Memory of an instance",
      description: "No instance is given more than 64 GB: no test covers that.",
      service: coordinator,
      of: "memory",
      atMost: "64GB",
      per: "replica",
      reached: ["tell-people"],
      shownBy: { metric: "nexus_memory_limit_bytes" },
      alert: "instance-too-large",
    },
    "agent-silence": {
      meets: ["NX-5"],
      title: "Silence of an agent",
      description: "An agent that sends no heartbeat for 30 seconds is lost; its tasks go back to the queue.",
      service: coordinator,
      of: "time",
      atMost: "30s",
      per: "agent",
      reached: ["replace-agent"],
      shownBy: { metric: "nexus_agent_registrations_total", where: { event: "expired" } },
      alert: "agent-type-missing",
    },
  },
);
