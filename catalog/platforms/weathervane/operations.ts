import { defineOperations } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { autopilotctl, pauseStarts, resumeStarts } from "./runbook-steps.ts";

/** How WeatherVane is run, as far as it is its own: modes, and what is kept where. */
export const operations = defineOperations(
  { alerts },
  {
    "emergency-stop": {
      meets: ["WV-12"],
      title: "Emergency stop",
      purpose:
        "Stops the autopilot when it does harm: wrong changes, runaway tokens, tasks in circles. Tasks and evidence stay, so that it can go on later.",
      when: "Harm is being done now, or cannot be ruled out within minutes. Begin with the mildest mode that ends it. You need no permission to stop; starting again is decided together.",
      before: [
        {
          do: "See which mode it is in, and who set it.",
          command: autopilotctl("mode history --last 5"),
          good: "normal",
          bad: "a mode that a breaker set: follow the page of BreakerTripped too",
        },
      ],
      parts: [
        {
          title: "Minimal: only spec, implement and verify",
          text: "Tasks go on with three stages. Use it when one of the other stages misbehaves.",
          steps: [
            {
              do: "Leave out all other stages.",
              command: autopilotctl("mode set minimal"),
              good: "prints mode=minimal",
            },
          ],
        },
        {
          title: "Read-only: no new tasks",
          text: "Running tasks finish, which takes a quarter of an hour at most.",
          steps: [pauseStarts],
        },
        {
          title: "Emergency stop: everything pauses",
          text: "All tasks pause at once and keep their state; an alert tells everybody.",
          steps: [
            {
              do: "Pause all tasks.",
              command: autopilotctl("mode set emergency-stop"),
              good: "prints mode=emergency-stop; no token is used any more after half a minute",
              bad: "no answer: stop the pods as shown under Everything",
            },
            {
              do: "See that no model is called any more.",
              query: "sum(rate(gen_ai_client_token_usage_sum[1m]))",
              good: "0",
              bad: "above 0: stop what may call outside, as shown below",
            },
          ],
        },
      ],
      undo: [resumeStarts],
      tell: "At once the platform lead in Slack #weathervane-leads, with the reason. Keep logs and evidence as they are.",
      alerts: [
        "emergency-stop-active",
        "infinite-loop-detected",
        "cascading-failure",
        "operation-not-logged",
      ],
    },
    "back-up-and-restore": {
      meets: ["PM-9"],
      title: "Back up and restore",
      purpose:
        "Makes a copy of tasks and evidence, and brings one back. Tasks, breakers and modes are in a managed PostgreSQL, evidence on a volume; everything else is in Git.",
      when: "Every night, by the database's own schedule and a snapshot of the volume; by hand before a risky change. Restore only when data is lost or wrong, and after somebody else has agreed: it takes away what was written since.",
      before: [pauseStarts],
      parts: [
        {
          title: "Tasks",
          text: "Whoever runs the managed PostgreSQL keeps a copy of every night and the log in between: it can go back to any minute of the last week. Evidence of tasks that the database no longer knows is removed by itself.",
          steps: [
            {
              do: "Stop the services that write, so that nothing is lost in between.",
              command:
                "kubectl -n $NAMESPACE scale deployment/autopilot deployment/dashboard-api --replicas=0",
              good: "scaled, for both",
            },
            {
              do: "Have the database brought back to the minute before the trouble, under the same address.",
            },
            { do: "Start both again, as under Start and stop." },
            {
              do: "See that tasks are there, and which lost their evidence.",
              command: autopilotctl("evidence usage --top 10"),
              good: "the tasks that you expect",
            },
          ],
        },
      ],
      undo: [resumeStarts],
      alerts: ["evidence-disk-low"],
    },
  },
);
