import { killPart } from "../../kill-part.ts";
import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";

/** What most faults of WeatherVane have in common. */
export const usual = {
  platform: "weathervane",
  replicas: 1,
  mayFire: [],
  needsPerson: false,
} satisfies Partial<Fault>;

const tiers = ["PageQuick", "PageSlow", "TicketQuick", "TicketSlow"];
const tiersOf = (slo: string) => tiers.map((tier) => `${slo}${tier}`);

/** Alerts of the API's budgets, which a fault may use up as far as somebody asks for something meanwhile. */
export const availability = tiersOf("DashboardApiAvailability");
export const latency = tiersOf("DashboardApiLatency");
/** Alerts of the pipeline's budgets; that of failures that mend themselves wakes nobody. */
export const objectives = [
  ...["IncidentFreeTasks", "EscalationFreeTasks", "UnattendedTasks"].flatMap(tiersOf),
  ...["SelfHealedFailuresTicketQuick", "SelfHealedFailuresTicketSlow"],
];

/** Whether a breaker is closed, as the service says. */
export async function isClosed(field: Field, breaker: string): Promise<boolean> {
  return (await field.metric("autopilot", `weathervane_breaker_open{breaker="${breaker}"}`)) === 0;
}

/** Whether all orchestrators are ready. */
export async function isReady(field: Field): Promise<boolean> {
  const answers = await Promise.all(
    field.replicas().map((replica) => field.ask("GET", "/readyz", { replica })),
  );
  return answers.every(({ status }) => status === 200);
}

/** Kills a part as `killPart` does. Throws where it does not run: nothing was done to it then. */
export async function killed(field: Field, part: string): Promise<void> {
  if (!(await killPart(field.folder, part))) throw new Error(`${part} was not there to be killed`);
}
