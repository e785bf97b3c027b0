import { defineGates } from "fairlead";
import { environments } from "./environments.ts";

export const gates = defineGates(
  { environments },
  {
    "coordination-performance": {
      meets: ["NX-2", "NX-3"],
      title: "The coordinator carries its load",
      policy: "coordination-performance",
      environments: ["staging", "prod", "hybrid-onprem", "hybrid-cloud", "edge"],
    },
    "learning-quality": {
      meets: ["NX-2", "NX-3"],
      title: "The learning engine carries its load and is right",
      policy: "learning-quality",
      environments: ["staging", "prod", "hybrid-onprem", "hybrid-cloud", "edge"],
    },
    "optimizer-effect": {
      meets: ["NX-2", "NX-3"],
      title: "The optimizer carries its load and brings a gain",
      policy: "optimizer-effect",
      environments: ["staging", "prod", "hybrid-onprem", "hybrid-cloud", "edge"],
    },
    "operational-readiness": {
      meets: ["NX-8", "NX-9", "NX-10"],
      title: "There is a way back, and the trail has no hole",
      policy: "operational-readiness",
      environments: ["prod", "hybrid-onprem", "hybrid-cloud", "edge"],
    },
  },
);
