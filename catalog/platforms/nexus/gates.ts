import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    "coordination-performance": {
      meets: ["NX-3"],
      title: "The coordinator carries its load",
      policy: "coordination-performance",
      environments: ["staging", "prod"],
    },
  },
);
