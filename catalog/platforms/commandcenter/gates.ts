import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    release: {
      meets: ["CC-9"],
      title: "The hub answers, and workflows are fast and succeed",
      policy: "release",
      environments: ["staging", "prod"],
    },
    security: {
      meets: ["CC-7", "CC-11", "CC-12"],
      title: "Nothing ran without approval, nothing got out, nothing leaked",
      policy: "security",
      environments: ["staging", "prod"],
    },
  },
);
