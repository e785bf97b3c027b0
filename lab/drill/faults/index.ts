import type { Fault } from "../fault.ts";
import { limitFaults } from "./limits.ts";
import { pipelineFaults } from "./pipeline.ts";
import { processFaults } from "./processes.ts";
import { providerFaults } from "./providers.ts";
import { toolFaults } from "./tools.ts";

/** All faults, in the order of a drill: those whose alerts or modes outlast them come last. */
export const faults: readonly Fault[] = [
  ...processFaults,
  ...limitFaults,
  ...toolFaults,
  ...providerFaults,
  ...pipelineFaults,
].sort((one, other) => Number(lasts(one)) - Number(lasts(other)));

function lasts({ name, fires }: Fault): boolean {
  return name === "providers-down" || fires.some(({ stays }) => stays !== undefined);
}
