import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    "latency-and-errors": {
      title: "The dashboard API is fast and answers",
      policy: "latency-and-errors",
      environments: ["staging", "prod"],
    },
    "performance-budget": {
      meets: ["WV-16"],
      title: "Tasks stay within 10 % of the performance baseline",
      policy: "performance-budget",
      environments: ["staging", "prod"],
    },
    "change-risk": {
      meets: ["WV-18"],
      title: "The change is no copy, no risk, no slower and not vulnerable",
      policy: "change-risk",
      environments: ["staging", "prod"],
    },
  },
);
