import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { type SentTest, sendTest } from "../notify/test-notification.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printData } from "./terminal.ts";

export interface NotifyOptions {
  env: string;
  severity: "critical" | "warning";
  platform?: string[];
  alertmanager?: string;
  format: "text" | "json";
}

/** `fairlead notify test`. */
export async function notify(action: string, options: NotifyOptions): Promise<number> {
  if (action !== "test") throw usage(`there is no action "${action}"`, "write fairlead notify test");
  const project = await loadProject(process.cwd());
  const { env, severity, alertmanager } = options;
  const { platforms } = restrict(project.model, selectedOf(project, { ...options, env: [env] }));
  const tests = platforms.flatMap((platform) =>
    platform.environments.map((environment) => ({ platform, environment, severity, alertmanager })),
  );
  const outcomes = await Promise.allSettled(tests.map(sendTest));
  const sent = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (options.format === "json") printData(JSON.stringify(sent, undefined, 2));
  else if (sent.length > 0) printData(sent.map(text).join("\n"));
  const failures = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  for (const failure of failures) {
    if (!(failure instanceof ProblemsError)) throw failure;
    await printProblems(failure.problems);
  }
  const allTold = failures.length === 0 && sent.every(({ heldBack }) => heldBack === undefined);
  return allTold ? exitCodes.done : exitCodes.problems;
}

function usage(message: string, fix: string): UsageError {
  return new UsageError([{ rule: "reference/unknown-action", severity: "error", message, fix }]);
}

function text({ platform, environment, severity, alertmanager, alertname, ...sent }: SentTest): string {
  const { receivers, later, heldBack, endsAt } = sent;
  const place = `${platform} in ${environment}, by ${alertmanager}`;
  if (heldBack) return `✖ ${place}: ${alertname} is ${heldBack}; nobody is told`;
  const when = severity === "critical" ? "at once" : "within 30 s";
  return [
    `✔ ${place}: ${alertname} is told ${when} to ${receivers.join(", ")}; it ends by itself at ${endsAt}`,
    ...later.map(
      (step) => `  an alert that lasts ${step.after} unsilenced would reach ${step.receivers.join(", ")} too`,
    ),
  ].join("\n");
}
