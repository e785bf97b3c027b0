import { connect, QueryError, UnreachableError } from "../live/prometheus.ts";
import type { LabFolder } from "./folder.ts";
import { partsOf } from "./parts/index.ts";
import { isRunning } from "./processes.ts";
import { logOf } from "./start-part.ts";
import { type LabState, readState } from "./state.ts";

/** A part as it is now. */
export interface PartStatus {
  name: string;
  title: string;
  state: "healthy" | "does not answer" | "ended" | "never started";
  pid?: number;
  addresses: Record<string, string>;
  log: string;
}

/** A lab as it is now. */
export interface LabStatus {
  name: string;
  platform: string;
  project: string;
  folder: string;
  createdAt: string;
  isHealthy: boolean;
  parts: PartStatus[];
  /** What Prometheus scrapes, and the alerts that fire; absent while it does not answer. */
  monitoring?: { targets: number; targetsUp: number; firing: string[] };
}

/** Looks at each part of a lab; nothing if there is no such lab. */
export async function statusOf(folder: LabFolder): Promise<LabStatus | undefined> {
  const state = readState(folder);
  if (!state) return undefined;
  const parts = await Promise.all(partsOf(state.replicas).map((part) => look(part, { state, folder })));
  const monitoring = await monitoringOf(state);
  const { name, platform, project, createdAt } = state;
  return {
    ...{ name, platform, project, createdAt, folder: folder.path, parts },
    isHealthy: parts.every((part) => part.state === "healthy"),
    ...(monitoring && { monitoring }),
  };
}

async function look(
  part: ReturnType<typeof partsOf>[number],
  { state, folder }: { state: LabState; folder: LabFolder },
): Promise<PartStatus> {
  const { process, addresses = {} } = state.parts[part.name] ?? {};
  const about = { name: part.name, title: part.title, addresses, log: logOf(folder.path, part.name) };
  if (!process) return { ...about, state: "never started" };
  if (!isRunning(process)) return { ...about, state: "ended" };
  const isHealthy = await part.isHealthy(addresses, folder);
  return { ...about, state: isHealthy ? "healthy" : "does not answer", pid: process.pid };
}

async function monitoringOf({ parts }: LabState): Promise<LabStatus["monitoring"]> {
  const url = parts.prometheus?.addresses.url;
  if (url === undefined) return undefined;
  const prometheus = connect(url, { seconds: 2 });
  try {
    const now = new Date();
    const targets = await prometheus.query("up", now);
    const firing = await prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})', now);
    return {
      targets: targets.length,
      targetsUp: targets.filter(({ samples }) => samples[0]?.value === 1).length,
      firing: firing.map(({ labels }) => labels.alertname ?? "").sort(),
    };
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof QueryError) return undefined;
    throw error;
  }
}
