#!/usr/bin/env node
// An agent without a model: it does what the first line of its standard input says. The Spawner's rules are its own: signs of life on
// descriptor 3, JSON on standard output, logs on standard error, and an end when its standard input ends.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { AgentScript, WorkReport } from "./agent-script.ts";

type Behaviour = AgentScript["behaviour"];
type Does<T extends Behaviour["does"]> = Extract<Behaviour, { does: T }>;

const SIGN_OF_LIFE = 3;
/** Between two signs of life, and two portions of what it takes. */
const TICK_MS = 250;
/** No process of an agent outlives this, whatever happens. */
const LONGEST_SECONDS = 86_400;

const behaviours: { readonly [T in Behaviour["does"]]: (script: Does<T>) => void } = {
  work({ everyMs, failsEach, repeats, pieces = Number.POSITIVE_INFINITY }) {
    let done = 0;
    const timer = setInterval(() => {
      done += 1;
      const failed = failsEach !== undefined && done % failsEach === 0;
      report({
        outcome: failed ? "failed" : "done",
        seconds: everyMs / 1_000,
        said: repeats ? "again" : `piece ${done}`,
      });
      if (done < pieces) return;
      clearInterval(timer);
      process.exit(0);
    }, everyMs);
  },
  "leak-memory"({ bytesPerSecond, atMostBytes }) {
    const kept: Buffer[] = [];
    byPortions({ bytesPerSecond, atMostBytes }, (bytes) => kept.push(Buffer.alloc(bytes, 1)));
  },
  "burn-cpu"({ cores }) {
    for (let i = 0; i < cores; i++) new Worker("for (;;);", { eval: true });
  },
  "fill-disk"({ bytesPerSecond, atMostBytes, in: folder }) {
    mkdirSync(folder, { recursive: true });
    byPortions({ bytesPerSecond, atMostBytes }, (bytes) =>
      appendFileSync(`${folder}/filled`, Buffer.alloc(bytes, 1)),
    );
  },
  fork({ processes, leave }) {
    for (let i = 0; i < processes; i++)
      spawn("sleep", [String(LONGEST_SECONDS)], { stdio: "ignore", detached: leave }).on(
        "error",
        () => undefined,
      );
  },
  hang({ afterMs }) {
    setTimeout(
      () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONGEST_SECONDS * 1_000),
      afterMs,
    );
  },
  crash({ afterMs }) {
    setTimeout(() => process.exit(1), afterMs);
  },
};

function byPortions(
  { bytesPerSecond, atMostBytes }: { bytesPerSecond: number; atMostBytes: number },
  take: (bytes: number) => void,
): void {
  let taken = 0;
  setInterval(() => {
    const bytes = Math.min(Math.ceil((bytesPerSecond * TICK_MS) / 1_000), atMostBytes - taken);
    if (bytes <= 0) return;
    taken += bytes;
    take(bytes);
  }, TICK_MS);
}

function report(of: WorkReport): void {
  process.stdout.write(`${JSON.stringify(of)}\n`);
}

function sign(): void {
  try {
    writeSync(SIGN_OF_LIFE, ".");
  } catch {
    // Nobody listens any more: standard input has ended too.
  }
}

function act({ behaviour, stubborn }: AgentScript): void {
  isStubborn = stubborn;
  const does = behaviours[behaviour.does] as (script: Behaviour) => void;
  does(behaviour);
}

let isStubborn = false;
const end = () => {
  if (!isStubborn) process.exit(0);
};
process.on("SIGTERM", end);
process.stdout.on("error", end);
setTimeout(() => process.exit(0), LONGEST_SECONDS * 1_000);
sign();
setInterval(sign, TICK_MS);
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => act(JSON.parse(line) as AgentScript));
lines.once("close", end);
