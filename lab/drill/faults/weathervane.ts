import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";

/** What most faults of WeatherVane have in common. */
export const usual = {
  platform: "weathervane",
  replicas: 1,
  mayFire: [],
  needsPerson: false,
} satisfies Partial<Fault>;

/** Whether a breaker is closed, as the service says. */
export async function isClosed(field: Field, breaker: string): Promise<boolean> {
  return (await field.metric("autopilot", `weathervane_breaker_open{breaker="${breaker}"}`)) === 0;
}
