import { alertmanager } from "./alertmanager.ts";
import { database } from "./database.ts";
import { modelProviders, receivers } from "./local-servers.ts";
import { orchestrator } from "./orchestrator.ts";
import type { Part } from "./part.ts";
import { numbers, prometheus } from "./prometheus.ts";

/** All parts of a lab with so many orchestrators, each after those that it needs. */
export function partsOf(replicas: number): Part[] {
  return [
    database,
    ...modelProviders,
    receivers,
    ...numbers(replicas).map(orchestrator),
    alertmanager,
    prometheus(replicas),
  ];
}
