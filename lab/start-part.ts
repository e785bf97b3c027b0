import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { ProblemsError } from "../problems/problem.ts";
import { makeFolder } from "./folder.ts";
import type { Lab, Part } from "./parts/part.ts";
import { end, type KnownProcess, startRecorded, within } from "./processes.ts";

/** A busy machine takes its time; what has not come up by then does not. */
const patienceMs = 90_000;

/** A part that runs. */
export interface Started {
  process: KnownProcess;
  addresses: Record<string, string>;
}

/**
 * Starts a part and waits until it does its work. Throws a ProblemsError with the end of its log if it does not, having ended it.
 * `record` is told of the process before it does anything.
 */
export async function startPart(
  part: Part,
  lab: Lab,
  { record, signal }: { record: (process: KnownProcess) => void; signal: AbortSignal },
): Promise<Started> {
  const log = logOf(lab.folder.path, part.name);
  await portsFree(part, lab);
  const program = await part.launch(lab);
  const before = sizeOf(log);
  signal.throwIfAborted();
  let known: KnownProcess | undefined;
  const child = startRecorded({ ...program, log }, (process) => {
    known = process;
    record(process);
  });
  const process = known as unknown as KnownProcess;
  let addresses: Record<string, string> | undefined;
  const isUp = async () => {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) throw didNotStart(part, log, before);
    addresses ??= part.addresses(said(log, before));
    return addresses !== undefined && (await part.isHealthy(addresses, lab.folder));
  };
  try {
    if (!(await within(patienceMs, isUp))) throw didNotStart(part, log, before);
    return { process, addresses: addresses ?? {} };
  } catch (error) {
    await end(process);
    throw error;
  }
}

/** Where a part writes to. */
export function logOf(folder: string, part: string): string {
  return join(makeFolder(join(folder, "logs")), `${part}.log`);
}

// A part comes back where it was, since others know it by its address.
async function portsFree({ name, title }: Part, lab: Lab): Promise<void> {
  for (const port of [lab.port(name), lab.port(name, "metrics")]) {
    if (port === 0 || (await isFree(port))) continue;
    throw new ProblemsError([
      {
        rule: "lab/port-taken",
        severity: "error",
        message: `another program listens on port ${port}, which was that of ${title}`,
        fix: `end that program, or take the lab down and up again: \`fairlead lab down --name ${lab.folder.name}\``,
      },
    ]);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function sizeOf(log: string): number {
  return statSync(log, { throwIfNoEntry: false })?.size ?? 0;
}

function said(log: string, from: number): string {
  return readFileSync(log).subarray(from).toString();
}

function didNotStart({ title, name }: Part, log: string, before: number): ProblemsError {
  const lines = said(log, before).trim().split("\n").slice(-5);
  const isFull = lines.some((line) => /no space left|ENOSPC/i.test(line));
  return new ProblemsError([
    {
      rule: isFull ? "lab/disk-full" : "lab/part-failed",
      severity: "error",
      message: `${title} did not start: ${lines.join(" ").slice(-600) || "it said nothing"}`,
      path: name,
      fix: isFull ? "make room, or set FAIRLEAD_LABS to a folder on another disk" : `read ${log}`,
    },
  ]);
}
