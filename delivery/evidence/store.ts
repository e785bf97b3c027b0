// The folder of evidence: each file as its tool wrote it, and beside it a label that says what it is.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { digestOf } from "../gate/record.ts";
import { type Format, formats } from "./formats/index.ts";
import { formatNames } from "./formats/names.ts";
import { moment } from "./measured.ts";

/** What is known of a file of evidence. */
export const label = z.strictObject({
  version: z.literal(1),
  format: z.enum(formatNames),
  /** Name of the file, in the same folder. */
  file: z.string().regex(/^[a-z0-9-]+\.data$/),
  /** SHA-256 of the file. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Until when was measured. */
  at: moment,
  /** Who measured: a tool with its version. */
  origin: z.string().min(1).max(200),
  /** Which release it is of. */
  release: z.string().min(1).max(200).optional(),
});

export type Label = z.output<typeof label>;

/** A labelled file that was read, or why it could not be. */
export interface Stored {
  /** Name of the label. */
  name: string;
  /** Absent: the label itself is damaged. */
  label?: Label;
  text?: string;
  /** Why it does not count. */
  problem?: string;
}

const LABEL = /^[a-z0-9-]+-([0-9a-f]{16})\.evidence\.json$/;
/** Reports of tools are smaller; more would only fill the memory. */
const MOST_BYTES = 128 * 1024 * 1024;

/** Puts a file among the evidence. Gives the name of its label. Throws an UnreadableError where of the file only a part is kept, and it cannot be read. */
export async function store(
  folder: string,
  bytes: Uint8Array,
  about: Pick<Label, "format" | "at" | "origin" | "release">,
): Promise<string> {
  const { keep }: Format = formats[about.format];
  const content = keep ? Buffer.from(keep(new TextDecoder().decode(bytes))) : bytes;
  const digest = digestOf(content);
  const file = `${about.format}-${hexOf(digest)}.data`;
  const text = `${canonicalJson({ version: 1, ...about, file, digest })}\n`;
  const name = `${about.format}-${hexOf(digestOf(text))}.evidence.json`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), content);
  await writeFile(join(folder, name), text);
  return name;
}

/** Everything that is labelled in a folder, by the label's name; nothing where there is no folder. */
export async function readStore(folder: string): Promise<Stored[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".evidence.json"));
  return Promise.all(names.sort().map((name) => readStored(folder, name)));
}

async function readStored(folder: string, name: string): Promise<Stored> {
  const bytes = await readFile(join(folder, name)).catch(() => undefined);
  if (!bytes) return { name, problem: "cannot be read" };
  // Named after its own digest: a label that was changed is none.
  if (LABEL.exec(name)?.[1] !== hexOf(digestOf(bytes)))
    return { name, problem: "was changed after it was written" };
  const found = label.safeParse(jsonOf(bytes.toString()));
  if (!found.success) return { name, problem: "is no label of evidence" };
  return { name, label: found.data, ...(await contentOf(join(folder, found.data.file), found.data)) };
}

async function contentOf(path: string, { digest }: Label): Promise<Pick<Stored, "text" | "problem">> {
  const size = await stat(path).catch(() => undefined);
  if (!size?.isFile()) return { problem: "its file is missing" };
  if (size.size > MOST_BYTES) return { problem: "its file is larger than 128 MiB" };
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return { problem: "its file cannot be read" };
  if (digestOf(bytes) !== digest) return { problem: "its file has another digest than its label says" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { problem: "its file is no UTF-8 text" };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 16);
}
