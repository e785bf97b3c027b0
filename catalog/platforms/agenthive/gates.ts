import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    "api-under-load": {
      meets: ["AH-11", "AH-13"],
      title: "The Hive API keeps its 100 ms under load",
      policy: "api-under-load",
      environments: ["staging", "prod"],
    },
    "session-endurance": {
      meets: ["AH-1", "AH-3", "AH-7", "AH-8", "AH-9"],
      title: "Sessions last, step by step up to 24 hours",
      policy: "session-endurance",
      environments: ["prod"],
    },
    "code-and-security": {
      meets: ["AH-10", "AH-13", "AH-16"],
      title: "Coverage, permissions and keys are in order",
      policy: "code-and-security",
      environments: ["staging", "prod"],
    },
  },
);
