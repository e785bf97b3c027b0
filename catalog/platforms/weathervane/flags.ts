import { defineFlags } from "fairlead";
import { services } from "./services.ts";

/** What is rolled out by a flag. */
export const flags = defineFlags(
  { services },
  {
    "agent-instructions": {
      meets: ["WV-19"],
      title: "Instructions of agents",
      description:
        "Agents that work by models are told to guess nothing, and to list what the task leaves open, instead of only to answer.",
      service: "autopilot",
      variants: { stable: "plain", canary: "open-questions" },
      steps: ["1%", "10%", "50%", "100%"],
    },
  },
);
