import { defineOperations } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { backToNormal, hivectl, noNewWork, type Step, sessions } from "./runbook-steps.ts";

const raise = (level: number, good: string): Step => ({
  do: `Raise the level to ${level}.`,
  command: hivectl(`emergency set ${level} --reason person`),
  good: `prints level=${level}; ${good}`,
});

/** How Agent Hive is run, as far as it is its own. */
export const procedures = defineOperations(
  { alerts },
  {
    "emergency-stop": {
      meets: ["AH-6", "AH-15"],
      title: "Emergency stop",
      purpose:
        "Intervenes on the hive in five levels, from watching it more closely to ending all agents and calling for a person. Sessions go on from their checkpoints later.",
      when: "Agents do harm, or it cannot be ruled out within minutes. Take the lowest level that ends it; you may skip levels, and need no permission to stop. The hive raises the level by itself too. Going down is decided together, one level at a time.",
      before: [
        {
          do: "See which level it is.",
          query: "max(agenthive_emergency_level)",
          good: "0: nothing is held back",
          bad: "above 0: see with the next command who raised it, and ask them",
        },
        {
          do: "See who or what raised it, when and why.",
          command: hivectl("emergency history --last 5"),
        },
      ],
      parts: [
        {
          title: "Level 1: watched more closely",
          text: "Nothing changes for sessions; checks run more often and more is logged.",
          steps: [raise(1, "records of all sessions become more")],
        },
        {
          title: "Level 2: half the agents, small tasks",
          text: "Cost and load halve within ten minutes; no session ends.",
          steps: [raise(2, "half as many agents after ten minutes")],
        },
        {
          title: "Level 3: no new task",
          text: "Running tasks finish.",
          steps: [noNewWork],
        },
        {
          title: "Level 4: all sessions paused",
          text: "Checkpoints are taken, agents stay alive and do nothing.",
          steps: [raise(4, "every session is paused"), sessions],
        },
        {
          title: "Level 5: all agents ended, a person requested",
          text: "Agents are ended, keys of the model providers locked, the platform lead is called.",
          steps: [
            raise(5, "agents=0"),
            {
              do: "If hivectl does not answer, end the agents by hand; sessions keep their checkpoints.",
              command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=0",
              good: "no pod of spawn-manager is left after 30 seconds",
            },
          ],
        },
      ],
      undo: [
        { do: "After level 5: unlock the keys first.", command: hivectl("keys unlock --all") },
        {
          do: "Go down one level at a time and wait five minutes at each; LEVEL is one less than it is now.",
          command: hivectl("emergency set LEVEL --reason person"),
          good: "fatigue, errors and limits stay low for five minutes",
          bad: "it rises again by itself: the reason is not gone",
        },
        backToNormal,
      ],
      tell: "From level 3 on: Slack #agenthive-leads, with the reason. Level 5, or the reason security: call the platform lead at once and touch nothing that could be evidence.",
      alerts: ["emergency-level-three", "emergency-level-four", "person-requested"],
    },
    "back-up-and-restore": {
      meets: ["AH-3", "AH-15"],
      title: "Back up and restore",
      purpose:
        "Takes and brings back checkpoints of sessions and backups of the database. Both are taken by themselves: a checkpoint every five minutes, a backup every hour, which is restored as a test every night.",
      when: "Before a risky change by hand; restore when the database is lost or wrong. One session that went wrong needs no restore: it goes back to a checkpoint.",
      parts: [
        {
          title: "A session",
          steps: [
            {
              do: "Take a checkpoint now; SESSION is its name.",
              command: hivectl("checkpoints take --session SESSION"),
              good: "prints the checkpoint's id",
            },
            {
              do: "Go back to the last good one; it takes less than 10 seconds.",
              command: hivectl("rollback --session SESSION --to last-good"),
              good: "prints state=running and the checkpoint's id",
              bad: "refused: take an older one from the list of checkpoints",
            },
          ],
        },
        {
          title: "The database",
          steps: [
            {
              do: "Pause all sessions before you bring a copy back, as under Restore postgres.",
              command: hivectl("emergency set 4 --reason person"),
              good: "prints level=4",
            },
          ],
        },
      ],
      tell: "Slack #agenthive, before and after; whoever has sessions running learns from which checkpoint theirs go on.",
    },
    "start-and-stop": {
      meets: ["AH-15"],
      title: "Start and stop",
      purpose:
        "Stops the hive so that every session has a fresh checkpoint, and starts it again in the order of its dependencies.",
      when: "Maintenance of the cluster or the database. In danger follow Emergency stop instead.",
      parts: [
        {
          title: "First, gently",
          steps: [
            {
              do: "Pause all sessions and take checkpoints.",
              command: hivectl("emergency set 4 --reason person"),
              good: "prints level=4",
            },
            sessions,
          ],
        },
      ],
      undo: [backToNormal],
    },
    troubleshooting: {
      meets: ["AH-15"],
      title: "Troubleshooting by symptom",
      purpose: "Leads from what somebody sees of the hive to the page that helps.",
      when: "Somebody reports trouble and you do not know which page is the right one, or no alert fires and something is wrong all the same.",
      parts: [
        {
          title: "A session",
          steps: [
            sessions,
            {
              do: "It does not move, or its agents do not answer.",
              command: hivectl("sessions show SESSION --tasks"),
              bad: "no task has ended for long: pause it, take a checkpoint, resume it",
            },
            {
              do: "It uses more and more memory, disk or processes.",
              command: hivectl("sessions show SESSION --processes --files --top 10"),
              bad: "left-over processes or files: have the guardian clean them",
            },
          ],
        },
      ],
    },
    deploy: {
      meets: ["AH-13", "AH-15"],
      title: "Deploy",
      purpose:
        "Brings what the catalog says into an environment without a session noticing: pods are replaced one after the other, and sessions go on from their checkpoints.",
      when: "A change was reviewed and merged. Not while a critical alert fires that the change does not mend, and not when nobody stays to watch it for half an hour.",
    },
    "tune-performance": {
      meets: ["AH-15"],
      title: "Tune performance",
      purpose: "Finds what limits the hive and changes one thing at a time, measured before and after.",
      when: "A latency objective burns its budget slowly, or the hive recommends to scale. Not during an incident: then follow Scale.",
      parts: [
        {
          title: "What the hive itself recommends",
          steps: [
            {
              do: "See which part it would make larger, and why.",
              command: hivectl("scaling explain"),
              good: "nothing to recommend",
            },
          ],
        },
      ],
    },
  },
);
