import type { LabStatus } from "../lab/index.ts";
import { table } from "./table.ts";

/** A lab's status for a person: what is healthy, where, and what to do. */
export function labText({ name, platform, folder, parts, isHealthy, monitoring }: LabStatus): string {
  const rows = parts.map((part) => [
    part.title,
    part.state,
    part.pid === undefined ? "" : String(part.pid),
    Object.values(part.addresses).join(" "),
  ]);
  const watched = monitoring
    ? `Prometheus scrapes ${monitoring.targetsUp} of ${monitoring.targets} targets; firing: ${monitoring.firing.join(", ") || "nothing"}`
    : "Prometheus does not answer: nothing is watched";
  return [
    `Lab ${name}, of ${platform}: ${isHealthy ? "healthy" : "not healthy"}`,
    "",
    table([["PART", "STATE", "PID", "ADDRESS"], ...rows]),
    "",
    watched,
    `Logs: ${folder}/logs`,
    "",
    table(next({ name, isHealthy })),
  ].join("\n");
}

function next({ name, isHealthy }: Pick<LabStatus, "name" | "isHealthy">): string[][] {
  const mend = [["Next", `fairlead lab up --name ${name} --platform …`, "start again what has ended"]];
  const use = [["Next", `fairlead load smoke --lab ${name}`, "load it, and see what it takes"]];
  return [...(isHealthy ? use : mend), ["", `fairlead lab down --name ${name}`, "end all of it"]];
}
