// What a run showed, with all that it depends on: evidence that gates read. One file for each run, named by its digest.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digestOf } from "../gate/record.ts";

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const series = z.object({
  labels: z.record(z.string(), z.string()),
  samples: z.array(z.object({ at: z.number(), value: z.number().nullable() })),
});

/** Plain JSON; its id is the SHA-256 of its canonical JSON. */
export const runRecord = z.strictObject({
  version: z.literal(1),
  kind: z.literal("load"),
  /** PLATFORM/PROFILE. */
  subject: z.string().min(1),
  /** What was run: settings, and each file by its name. */
  inputs: z.strictObject({ settings: z.json(), files: z.record(z.string(), digest) }),
  tools: z.array(z.strictObject({ name: z.string(), version: z.string(), digest: digest.optional() })).min(1),
  /** What was loaded, and who measured. */
  server: z.strictObject({
    target: z.string(),
    lab: z.string().optional(),
    prometheus: z.string().optional(),
  }),
  window: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  /** Each question to Prometheus, as of which moment, and its answer. */
  queries: z.array(
    z.strictObject({
      query: z.string(),
      at: z.iso.datetime(),
      over: z.strictObject({ seconds: z.number(), steps: z.number() }).optional(),
      answer: z.union([z.array(series), z.strictObject({ error: z.string() })]),
    }),
  ),
  /** In base units; null: nothing was measured. */
  measures: z.record(z.string(), z.number().nullable()),
  /** Requests that the measures are of. */
  samples: z.int().min(0),
  verdict: z.enum(["pass", "fail", "inconclusive"]),
});

export type RunRecord = z.output<typeof runRecord>;

/** Files a record under its own digest, and gives its id: 64 hexadecimal digits. What is there already is not touched. */
export async function fileRun(folder: string, record: RunRecord): Promise<string> {
  const text = canonicalJson(runRecord.parse(record));
  const id = digestOf(text).slice("sha256:".length);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${id}.json`), text, { flag: "wx", mode: 0o444 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return id;
}

/** Too short a beginning could be another run's tomorrow. */
const BEGINNING = /^[0-9a-f]{8,64}$/;

/** The id of the one run that begins so, or why there is none. */
export async function findRun(folder: string, beginning: string): Promise<string | { unusable: string }> {
  if (!BEGINNING.test(beginning)) return { unusable: "an id is 8 to 64 hexadecimal digits" };
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name.startsWith(beginning) && /^[0-9a-f]{64}\.json$/.test(name));
  const [only, ...more] = found;
  if (only === undefined) return { unusable: "it is not there" };
  return more.length === 0
    ? only.slice(0, -".json".length)
    : { unusable: `${found.length} runs begin so: say more of its digits` };
}

/** The record that was filed under an id, or why it cannot be trusted: missing, altered, cut off, of another shape. */
export async function readRun(folder: string, id: string): Promise<RunRecord | { unusable: string }> {
  const text = await readFile(join(folder, `${id}.json`), "utf8").catch(() => undefined);
  if (text === undefined) return { unusable: "it is not there" };
  if (digestOf(text) !== `sha256:${id}`) return { unusable: "its text is not what it was filed as" };
  const parsed = runRecord.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { unusable: `it is no record of a run: ${issue?.path.join(".")}: ${issue?.message}` };
}
