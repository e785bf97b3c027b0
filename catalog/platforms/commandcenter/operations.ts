import { defineOperations } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { hubctl } from "./runbook-steps.ts";

/** How CommandCenter is run, as far as it is its own. */
export const operations = defineOperations(
  { alerts },
  {
    "emergency-stop": {
      meets: ["CC-15"],
      title: "Emergency stop",
      purpose: "Stops agents that do harm. Runs stay as they are, and go on later.",
      when: "An agent changes what it must not, costs run away, or data leaves. Begin with the mildest means that ends it; you need no permission to stop.",
      parts: [
        {
          title: "One agent",
          steps: [
            {
              do: "Disable it and stop its runs; AGENT is its name.",
              command: hubctl("agents disable AGENT --stop-running"),
              good: "prints disabled, and the runs that were stopped",
            },
          ],
        },
        {
          title: "No new runs",
          steps: [
            {
              do: "Let no run start any more; running ones finish.",
              command: hubctl("runs pause-starts"),
              good: "prints starts=paused",
            },
          ],
        },
      ],
      undo: [
        { do: "Let runs start again.", command: hubctl("runs resume-starts"), good: "prints starts=running" },
        { do: "Enable the agent again.", command: hubctl("agents enable AGENT"), good: "prints enabled" },
      ],
    },
    troubleshooting: {
      meets: ["CC-15"],
      title: "Troubleshooting by symptom",
      purpose: "Leads from what somebody sees of the hub to the page that helps.",
      when: "Somebody reports trouble and you do not know which page is the right one, or no alert fires and something is wrong all the same.",
      parts: [
        {
          title: "A run",
          steps: [
            {
              do: "It does not begin: see what waits, and for what.",
              command: hubctl("runs list --state pending --count-by workflow,trigger"),
              bad: "one workflow waits: its approval or its agent. All wait: follow the page of the queue",
            },
            {
              do: "It waits for a person.",
              command: hubctl("approvals list --pending"),
              good: "approvals that are younger than four hours",
            },
            {
              do: "It failed: read what its agent said; RUN is its id.",
              command: hubctl("runs logs RUN"),
            },
            {
              do: "It changed something that it should not have: see what, then take it back.",
              command: hubctl("runs changes RUN"),
            },
          ],
        },
        {
          title: "Agents in general",
          steps: [
            {
              do: "See which breakers are open.",
              command: hubctl("breakers list"),
              good: "all closed",
              bad: "one is open: what is behind it is the cause",
            },
          ],
        },
      ],
    },
    secrets: {
      meets: ["CC-12", "CC-15"],
      title: "The life of a secret",
      purpose:
        "Says which secrets the hub has, who reads each, and what happens to one from its creation to its end. No value of a secret is in the catalog, in a generated file, in a plan or in a state: all of them name a Secret of Kubernetes and a key in it. An agent gets no secret that its workflow was not given.",
      when: "A new environment is made, somebody leaves the team, a secret may be known to others, or you want to know what a key opens.",
    },
    "rotate-secrets": {
      meets: ["CC-12", "CC-15"],
      title: "Rotate secrets",
      purpose:
        "Replaces the value of a secret without the hub standing still, and without the value being seen.",
      when: "As planned, when somebody leaves who could read it, or at once when it may be known to others, for example when it was found in an agent's output.",
    },
    "disaster-recovery": {
      meets: ["CC-15"],
      title: "Disaster recovery",
      purpose:
        "Brings the hub back after the loss of a part or of everything: begin at the smallest loss that explains what you see. PostgreSQL holds workflows, runs and approvals; NATS holds what is due, and can be filled again from PostgreSQL; traces and metrics may be lost.",
      when: "Something is gone that a restart does not bring back. Practise it every half year in an environment that is not production, with a clock.",
    },
    "tune-performance": {
      meets: ["CC-15"],
      title: "Tune performance",
      purpose: "Finds what limits the hub and changes one thing at a time, measured before and after.",
      when: "Runs take longer than their objective, pods ask for much more than they use, or more workflows are expected. Not during an incident: then follow Scale.",
    },
  },
);
