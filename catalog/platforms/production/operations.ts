import { defineOperations } from "fairlead";
import { alerts } from "./alerts.ts";

/** Pages of operations that documentation of the common base must have (PM-9); all of their steps come from the rest of the catalog. */
export const operations = defineOperations(
  { alerts },
  {
    deploy: {
      meets: ["PM-6", "PM-9"],
      title: "Deploy",
      purpose:
        "Brings what the catalog says into an environment: images, settings, numbers of pods, rules, dashboards.",
      when: "A change was reviewed and merged. Not while a critical alert fires that the change does not mend, and not when nobody stays to watch it for half an hour.",
    },
    "roll-back": {
      meets: ["PM-6", "PM-9"],
      title: "Roll back",
      purpose: "Brings back the release that ran before, at once, and then in the catalog so that it stays.",
      when: "Trouble began within an hour of a deploy. Roll back first and look for the cause later.",
    },
    "back-up-and-restore": {
      meets: ["PM-9"],
      title: "Back up and restore",
      purpose: "Makes a copy of what the platform stores, away from the cluster, and brings one back.",
      when: "Every day by a schedule; by hand before a risky change. Restore only after somebody else has agreed: it takes away what was written since.",
    },
    "disaster-recovery": {
      meets: ["PM-9"],
      title: "Disaster recovery",
      purpose:
        "Brings the platform back after the loss of a part or of everything: begin at the smallest loss that explains what you see.",
      when: "Something is gone that a restart does not bring back. Practise it every half year in an environment that is not production.",
    },
    troubleshooting: {
      meets: ["PM-9"],
      title: "Troubleshooting by symptom",
      purpose: "Leads from what somebody sees to the page that helps.",
      when: "Somebody reports trouble and you do not know which page is the right one, or no alert fires and something is wrong all the same.",
    },
  },
);
