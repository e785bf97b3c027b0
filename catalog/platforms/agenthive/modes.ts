import { defineModes } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

const service = "session-manager" as const;
const session = (value: number) => ({
  meets: ["AH-4"],
  service,
  ladder: "session",
  rank: value,
  shownBy: { metric: "agenthive_session_conservative" as const, value },
});
const level = (rank: number) => ({
  meets: ["AH-6"],
  service,
  ladder: "emergency",
  rank,
  shownBy: { metric: "agenthive_emergency_level" as const, value: rank },
});

/** How a session works when it is tired (AH-4), and the levels of emergency intervention (AH-6). What sets a level off is our reading. */
export const modes = defineModes(
  { services, metrics, alerts },
  {
    fresh: {
      ...session(0),
      title: "Normal",
      description: "The session works as it was asked to.",
      works: { newWork: "accepted", running: "goes-on" },
    },
    conservative: {
      ...session(1),
      title: "Conservative",
      description: "No new task, small steps only, and every change is reviewed.",
      works: { newWork: "refused", running: "goes-on", stepsAtMost: 3, everyChangeReviewed: true },
      entered: [
        { signal: "session-age", is: ">=", value: "16h" },
        { signal: "fatigue", is: ">", value: "90%" },
      ],
      alert: "conservative-mode-missing",
    },
    "level-zero": {
      ...level(0),
      title: "No intervention",
      description: "Nothing is held back.",
      works: { newWork: "accepted", running: "goes-on" },
    },
    "level-one": {
      ...level(1),
      title: "Watched more closely",
      description: "Nothing changes for sessions; checks run more often and more is logged.",
      works: { newWork: "accepted", running: "goes-on" },
      entered: [
        { signal: "resources", is: ">=", value: "80%" },
        { signal: "failures", is: ">=", value: "10%" },
        { signal: "fatigue", is: ">=", value: "80%" },
        { signal: "budget", is: ">=", value: "80%" },
      ],
      left: { calmFor: "5m" },
    },
    "level-two": {
      ...level(2),
      title: "Half the agents, small tasks",
      description: "Cost and load halve within ten minutes; no session ends.",
      works: { newWork: "accepted", running: "goes-on", agents: "50%", stepsAtMost: 3 },
      entered: [
        { signal: "resources", is: ">=", value: "90%" },
        { signal: "failures", is: ">=", value: "25%" },
        { signal: "budget", is: ">=", value: "95%" },
      ],
      left: { calmFor: "5m" },
    },
    "level-three": {
      ...level(3),
      title: "No new task",
      description: "Running tasks finish.",
      works: { newWork: "refused", running: "goes-on", agents: "50%", stepsAtMost: 3 },
      entered: [
        { signal: "resources", is: ">=", value: "100%" },
        { signal: "failures", is: ">=", value: "50%" },
        { signal: "budget", is: ">=", value: "100%" },
      ],
      alert: "emergency-level-three",
    },
    "level-four": {
      ...level(4),
      title: "All sessions paused",
      description: "Checkpoints are taken, agents stay alive and do nothing.",
      works: { newWork: "refused", running: "pauses" },
      entered: [{ signal: "rollback-failed", is: ">=", value: 1 }],
      alert: "emergency-level-four",
    },
    "level-five": {
      ...level(5),
      title: "All agents ended, a person requested",
      description: "Agents are ended, keys of the model providers locked, and a person is asked for.",
      works: { newWork: "refused", running: "ends", agents: "0%", keysLocked: true, requestsPerson: true },
      entered: [{ signal: "security", is: ">=", value: 1 }],
      alert: "emergency-level-four",
    },
  },
);
