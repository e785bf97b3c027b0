import { z } from "zod";

/** Why text of a client is not taken; shown beside the field's name. */
type Refused = string | undefined;

/** What no text may hold: PostgreSQL stores neither NUL nor half a surrogate pair, and control and bidi characters deceive readers of logs and pages. */
function deceptive(text: string): Refused {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text)) return "holds control characters";
  if (/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/.test(text)) return "holds bidi control characters";
  return /\p{Surrogate}/u.test(text) ? "holds half a surrogate pair" : undefined;
}

// What opens a tag, a comment or a declaration by the HTML standard (13.2.5.6); "a < b" does not.
const markup = (text: string): Refused =>
  /<[a-z/!?]/i.test(text)
    ? "holds HTML markup"
    : /\b(?:javascript|vbscript|data)\s*:\s*\S*[<(,]/i.test(text)
      ? "holds a script URL"
      : undefined;

const textOf = (longest: number, ...rules: readonly ((text: string) => Refused)[]): z.ZodString =>
  z
    .string()
    .max(longest)
    .superRefine((text, context) => {
      const refused = rules.map((rule) => rule(text)).find((reason) => reason !== undefined);
      if (refused !== undefined) context.addIssue({ code: "custom", message: refused, input: text });
    });

/** Text for people, shown on pages and in notifications: no markup, no control or bidi characters. */
export const plainText = (longest: number): z.ZodString => textOf(longest, deceptive, markup);

/** One line of such text. */
export const plainLine = (longest: number): z.ZodString =>
  textOf(longest, deceptive, markup, (text) => (/[\r\n]/.test(text) ? "holds a line break" : undefined));

/** A repository as OWNER/NAME. */
export const repositoryName = z
  .string()
  .max(140)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be OWNER/NAME");

/** A commit, branch or tag; no way out of a folder and no option of a command. */
export const gitRef = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "must be a commit, branch or tag")
  .refine((ref) => !/\.\.|\/\/|\/$|\.lock$/.test(ref), "must be a commit, branch or tag, without ..");

/** A path inside a work folder. */
export const relativePath = textOf(
  1_000,
  deceptive,
  (text) => (/^(?:[/\\~]|[A-Za-z]:)/.test(text) ? "must be relative to the work folder" : undefined),
  (text) => (decoded(text).split(/[/\\]/).includes("..") ? "leads out of the work folder" : undefined),
).min(1);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const longestDepth = 32;

/** The first place in parsed JSON that cannot be stored or read safely, and why; undefined if there is none. */
export function unsafeJson(
  value: unknown,
  path: readonly string[] = [],
): { path: string[]; why: string } | undefined {
  if (path.length > longestDepth)
    return { path: [...path], why: `is nested deeper than ${longestDepth} levels` };
  if (typeof value === "string") {
    const why = value.includes("\0")
      ? "holds the character NUL"
      : /\p{Surrogate}/u.test(value)
        ? "holds half a surrogate pair"
        : undefined;
    return why === undefined ? undefined : { path: [...path], why };
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = unsafeJson(key, [...path, key]) ?? unsafeJson(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Inputs whose meaning is the same in all workflows; agents are given them as they are.
const known: Readonly<Record<string, z.ZodType>> = {
  repository: repositoryName,
  commit: gitRef,
  branch: gitRef,
  tag: gitRef,
  path: relativePath,
  file: relativePath,
  paths: z.array(relativePath).max(1_000),
  files: z.array(relativePath).max(1_000),
  title: plainLine(200),
};

/** Any value of a body, which is JSON already. (`z.json()` is recursive: OpenAPI's schemas would refer to what is not in the document.) */
export const anyJson = z.any().describe("Any JSON");

/** A run's input: any JSON; what names repositories, commits and paths is checked as such, whoever will use it. */
export const runInput = z.record(z.string().min(1).max(100), anyJson).superRefine((input, context) => {
  for (const [key, value] of Object.entries(input)) {
    if (!Object.hasOwn(known, key)) continue;
    for (const issue of known[key]?.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: "custom", path: [key, ...issue.path], message: issue.message, input: value });
    }
  }
});
