import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    performance: {
      meets: ["PM-10", "PM-12"],
      title: "The gateway carries a busy day, no slower than before",
      policy: "performance",
      environments: ["staging", "prod"],
    },
    quality: {
      meets: ["PM-12"],
      title: "Code, tests, security and speed are as good as they must be",
      policy: "quality",
      environments: ["staging", "prod"],
    },
    reliability: {
      meets: ["PM-12"],
      title: "What runs does what it promises",
      policy: "reliability",
      environments: ["dev", "staging", "prod"],
    },
  },
);
