import { defineOperations } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { nexusctl, runJob } from "./runbook-steps.ts";

/** How Nexus is run, as far as it is its own: what the housekeeper does, and how it is done by hand. */
export const procedures = defineOperations(
  { alerts },
  {
    "back-up-and-restore": {
      meets: ["NX-8"],
      title: "Back up and restore",
      purpose:
        "Copies the database every night, carries copy and configuration to a storage outside the cluster, encrypted, and brings one back. Every Sunday the newest one is restored to prove that it can be.",
      when: "By hand before a risky change. Restore only when data is lost or wrong, and after somebody else has agreed: it takes away what was written since.",
      before: [
        {
          do: "See which backups there are.",
          command: nexusctl("housekeeper", "backups list --last 5"),
          good: "one for every night, about equally large",
          bad: "the newest is missing or much smaller: follow the page of BackupOverdue or BackupShrunk",
        },
      ],
      parts: [
        {
          title: "By the housekeeper",
          steps: [
            {
              do: "Compare the newest two.",
              command: nexusctl("housekeeper", "backups compare --newest 2"),
              good: "the same tables, about as many rows",
            },
            {
              do: "Keep one from being removed, before you change anything; BACKUP is its name.",
              command: nexusctl("housekeeper", "backups hold BACKUP"),
              good: "prints held",
            },
          ],
        },
      ],
      alerts: ["backup-overdue", "backup-shrunk", "configuration-backup-overdue", "restore-test-overdue"],
    },
    "disaster-recovery": {
      meets: ["NX-8"],
      title: "Disaster recovery",
      purpose:
        "Brings Nexus back after the loss of a part or of everything: begin at the smallest loss that explains what you see. PostgreSQL holds experiences and the audit log; Redis holds the queue, whose tasks agents hand in again.",
      when: "Something is gone that a restart does not bring back. Practise it every half year in an environment that is not production, with a clock: the goal is four hours, and at most a day of data.",
      alerts: ["backup-overdue"],
    },
    upkeep: {
      meets: ["NX-8"],
      title: "Upkeep",
      purpose: "What keeps Nexus healthy and is done by a schedule: this page says when, and how by hand.",
      when: "It was missed, or a large change of data makes it worth while.",
      parts: [
        {
          title: "Weekly vacuum",
          text: "Saturdays at 3, by the CronJob postgres-vacuum. It slows statements down a little and stops none.",
          steps: [
            {
              do: "Do it now.",
              command: runJob("postgres-vacuum"),
              good: "condition met, after some minutes",
            },
          ],
        },
        {
          title: "Monthly security patches",
          text: "On the first Tuesday. Images get new tags in the catalog, and go the way of every change.",
          steps: [
            {
              do: "See which images run.",
              command:
                "kubectl -n $NAMESPACE get deployments -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image",
            },
            { do: "Put the patched tags into the catalog, then follow Deploy: staging first, for a day." },
          ],
        },
        {
          title: "Daily log rotation",
          text: "Logs are on standard output; the node's kubelet rotates them and the log store keeps them as long as its retention says. Nothing is to be done by hand.",
          steps: [
            {
              do: "See that a node has room for them; NODE is its name.",
              command:
                "kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary | jq '.node.fs | {usedBytes, capacityBytes}'",
              good: "below 80 % used",
            },
          ],
        },
      ],
    },
  },
);
