import type { Fault } from "../fault.ts";
import { databaseFaults } from "./databases.ts";
import { limitFaults } from "./limits.ts";
import { pipelineFaults } from "./pipeline.ts";
import { processFaults } from "./processes.ts";
import { providerFaults } from "./providers.ts";
import { sessionFaults } from "./sessions.ts";
import { toolFaults } from "./tools.ts";

/** All faults. */
export const faults: readonly Fault[] = [
  ...processFaults,
  ...databaseFaults,
  ...limitFaults,
  ...toolFaults,
  ...providerFaults,
  ...pipelineFaults,
  ...sessionFaults,
];
