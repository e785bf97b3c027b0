import { alertmanager } from "./alertmanager.ts";
import { database } from "./database.ts";
import { modelProvider, receivers, toolServer } from "./local-servers.ts";
import { orchestrator } from "./orchestrator.ts";
import type { Part } from "./part.ts";
import { numbers, prometheus } from "./prometheus.ts";

/** All parts of a lab with so many orchestrators, each after those that it needs. */
export function partsOf(replicas: number): Part[] {
  return [
    database,
    modelProvider,
    toolServer,
    receivers,
    ...numbers(replicas).map(orchestrator),
    alertmanager,
    prometheus(replicas),
  ];
}
