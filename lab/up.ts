import { rmSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "../model/model.ts";
import { ProblemsError } from "../problems/problem.ts";
import { requireTool } from "../tools/index.ts";
import { labEnvironment } from "./environment.ts";
import { type LabFolder, stateFileName } from "./folder.ts";
import { withLock } from "./lock.ts";
import { partsOf } from "./parts/index.ts";
import { issuerOf } from "./parts/orchestrator.ts";
import type { Lab, Part } from "./parts/part.ts";
import { end, isRunning, type KnownProcess, within } from "./processes.ts";
import { startPart } from "./start-part.ts";
import { type LabState, readState, writeState } from "./state.ts";

/** Which lab, and of what. */
export interface LabRequest {
  folder: LabFolder;
  platform: Platform;
  /** Root of the project that describes it. */
  project: string;
  replicas: number;
}

/** A part on its way; `done` says whether it was started just now or ran already. */
export interface PartOnItsWay {
  title: string;
  done: Promise<"started" | "ran already">;
}

// A minute of Prometheus at a drill's pace, an empty PostgreSQL and logs; less cannot go well.
const bytesNeeded = 200 * 2 ** 20;

/** What runs may have lost a part that it needs, which has just come back: so long it has to recover by itself before it is started anew. */
const recoveryMs = 15_000;

/**
 * Brings a lab up: each part as soon as those that it needs do their work. What runs already is left alone, so that a second call only puts
 * back what is missing. If a part fails or `signal` aborts, all that this call started is ended again. `onParts` is told of all
 * parts at the beginning.
 */
export async function bringUp(
  request: LabRequest,
  { signal, onParts }: { signal: AbortSignal; onParts?: (parts: PartOnItsWay[]) => void },
): Promise<LabState> {
  const environment = labEnvironment(request.platform);
  await Promise.all([requireTool("prometheus"), requireTool("alertmanager")]);
  return withLock(request.folder, async () => {
    const before = readState(request.folder);
    if (before) refuseOther(before, request);
    await refuseFullDisk(request.folder);
    const state = before ?? emptyState(request);
    writeState(request.folder, state);
    await issuerOf(request.folder);
    const lab: Lab = { ...request, environment, ...addressBook(state) };
    const started: Starting["started"] = [];
    const onItsWay = startAll(lab, { state, started, signal });
    onParts?.(onItsWay);
    try {
      await allOrFirstFailure(onItsWay);
      return state;
    } catch (error) {
      await Promise.all(started.map(({ process }) => end(process)));
      for (const { part } of started.toReversed()) await part.gone?.(request.folder);
      if (!before) rmSync(join(request.folder.path, stateFileName));
      throw error;
    }
  });
}

interface Starting {
  state: LabState;
  /** What this call has started. */
  started: { part: Part; process: KnownProcess }[];
  signal: AbortSignal;
}

function startAll(lab: Lab, starting: Starting): PartOnItsWay[] {
  const failed = new AbortController();
  const signal = AbortSignal.any([starting.signal, failed.signal]);
  const byName = new Map<string, PartOnItsWay>();
  for (const part of partsOf(lab.replicas)) {
    const needed = part.needs.map((name) => byName.get(name)?.done);
    const done = Promise.all(needed).then(() => startOrKeep(part, lab, { ...starting, signal }));
    // What comes after the first failure only says that it was stopped for it.
    done.catch((error: unknown) => failed.abort(error));
    byName.set(part.name, { title: part.title, done });
  }
  return [...byName.values()];
}

/** Nothing may still be starting when this call cleans up. */
async function allOrFirstFailure(onItsWay: readonly PartOnItsWay[]): Promise<void> {
  const done = onItsWay.map((part) => part.done);
  await Promise.allSettled(done);
  await Promise.all(done);
}

async function startOrKeep(
  part: Part,
  lab: Lab,
  { state, started, signal }: Starting,
): Promise<"started" | "ran already"> {
  signal.throwIfAborted();
  const known = state.parts[part.name];
  if (known?.process && isRunning(known.process)) {
    const isWell = () => part.isHealthy(known.addresses, lab.folder);
    if (await within(recoveryMs, isWell)) return "ran already";
    await end(known.process);
  }
  await part.gone?.(lab.folder);
  const record = (process: KnownProcess) => {
    state.parts[part.name] = { addresses: known?.addresses ?? {}, process };
    writeState(lab.folder, state);
    started.push({ part, process });
  };
  const { process, addresses } = await startPart(part, lab, { record, signal });
  state.parts[part.name] = { process, addresses };
  writeState(lab.folder, state);
  return "started";
}

function addressBook(state: LabState): Pick<Lab, "address" | "port"> {
  const find = (part: string, of: string) => state.parts[part]?.addresses[of];
  return {
    address(part, of = "url") {
      const found = find(part, of);
      if (found === undefined) throw new Error(`${part} has not been started`);
      return found;
    },
    port(part, of = "url") {
      return Number(new URL(find(part, of) ?? "http://127.0.0.1").port);
    },
  };
}

function emptyState({ folder, platform, project, replicas }: LabRequest): LabState {
  const createdAt = new Date().toISOString();
  return { version: 1, name: folder.name, platform: platform.name, project, replicas, createdAt, parts: {} };
}

function refuseOther(state: LabState, { folder, platform, project, replicas }: LabRequest): void {
  if (state.platform === platform.name && state.project === project && state.replicas === replicas) return;
  throw new ProblemsError([
    {
      rule: "lab/other",
      severity: "error",
      message: `lab ${folder.name} is there already: ${state.platform} of ${state.project} with ${state.replicas} orchestrators`,
      fix: `give this one another --name, or \`fairlead lab down --name ${folder.name}\` first`,
    },
  ]);
}

async function refuseFullDisk({ path }: LabFolder): Promise<void> {
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize >= bytesNeeded) return;
  throw new ProblemsError([
    {
      rule: "lab/disk-full",
      severity: "error",
      message: `${path} has ${Math.floor((bavail * bsize) / 2 ** 20)} MiB left; a lab needs ${bytesNeeded / 2 ** 20}`,
      fix: "make room, or set FAIRLEAD_LABS to a folder on another disk",
    },
  ]);
}
