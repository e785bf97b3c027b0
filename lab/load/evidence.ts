import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { RunRecord } from "../../delivery/runs/run-record.ts";
import { worstOf } from "../../delivery/runs/worst.ts";
import { connect } from "../../live/prometheus.ts";
import { findTool, type ToolName } from "../../tools/index.ts";
import type { Queries } from "./recorded.ts";
import type { LoadResult } from "./result.ts";

/** What a load left, beside its result. */
export interface Left {
  /** Of its runs; each holds what its runners read. */
  folder: string;
  /** Where the service's metrics are. */
  prometheus?: string;
  runners: number;
  queries: Queries;
}

/** The record of a load. Of several runs each measure is the worst. */
export async function recordOfLoad(result: LoadResult, left: Left): Promise<RunRecord> {
  const { platform, profile, runs, target, lab, compressed, warmUpSeconds, verdict } = result;
  const { folder, prometheus, runners, queries } = left;
  return {
    ...{ version: 1, kind: "load", subject: `${platform}/${profile}`, verdict, queries },
    inputs: {
      settings: { compressed, warmUpSeconds, runners, repeat: runs.length, machine: result.machine },
      files: await digestsBelow(folder),
    },
    tools: [
      await toolOf("k6"),
      ...(prometheus === undefined ? [] : [await prometheusOf({ prometheus, lab })]),
      { name: "node", version: result.tools.node },
    ],
    server: {
      target,
      ...(lab !== undefined && { lab }),
      ...(prometheus !== undefined && { prometheus }),
    },
    window: { from: runs[0]?.startedAt ?? "", to: runs.at(-1)?.endedAt ?? "" },
    ...worstOf(runs.map(({ summary }) => summary)),
  };
}

async function digestsBelow(folder: string): Promise<RunRecord["inputs"]["files"]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files = names.filter((name) => /(^|\/)(script\.js|profile\.json)$/.test(name));
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await digestOfFile(join(folder, name))])),
  );
}

// A server elsewhere says what it is; which program it runs nobody here can tell.
async function prometheusOf({
  prometheus,
  lab,
}: {
  prometheus: string;
  lab: string | undefined;
}): Promise<RunRecord["tools"][number]> {
  if (lab !== undefined) return toolOf("prometheus");
  const version = await connect(prometheus)
    .version()
    .catch(() => "unknown");
  return { name: "prometheus", version };
}

// As it is found now: a lab's Prometheus was started from the same place.
async function toolOf(name: ToolName): Promise<RunRecord["tools"][number]> {
  const found = await findTool(name);
  if (found.where === "missing") return { name, version: "unknown" };
  return { name, version: found.version, digest: await digestOfFile(found.path) };
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}
