import { z } from "zod";

// Control, bidirectional and invisible characters: they can hide or reorder what a reviewer sees (CVE-2021-42574).
const UNSEEN = String.raw`\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb`;
const UNSEEN_IN_LINE = new RegExp(String.raw`[\u0000-\u001f${UNSEEN}]`);
const UNSEEN_IN_PROSE = new RegExp(String.raw`[\u0000-\u0009\u000b-\u001f${UNSEEN}]`);

/** One line of plain text: quotes, braces and backticks are fine (generators escape), unseen characters are not. */
export const line = z
  .string()
  .min(1, "must not be empty")
  .max(300, "must be at most 300 characters")
  .refine((text) => !UNSEEN_IN_LINE.test(text), "must be one line without control or invisible characters");

/** Plain text of one or more lines, Markdown as far as it is shown as Markdown. */
export const prose = z
  .string()
  .min(1, "must not be empty")
  .max(4000, "must be at most 4,000 characters")
  .refine((text) => !UNSEEN_IN_PROSE.test(text), "must not hold control or invisible characters");

/** A name that becomes part of Kubernetes objects, files and links: the DNS label of RFC 1123, at most 40 characters. */
export const slug = z
  .string()
  .regex(
    /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
    "must be lower-case letters, digits and single words joined by '-', at most 40",
  )
  .meta({ examples: ["checkout"] });

/** A Prometheus metric name in the classic character set. */
export const metricName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,127}$/, "must be lower-case letters, digits and '_', starting with a letter")
  .meta({ examples: ["requests_total"] });

/** A Prometheus label name; names that begin with `__` are Prometheus' own. */
export const labelName = z
  .string()
  .regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, "must be letters, digits and '_', not starting with '__'")
  .meta({ examples: ["route"] });

/** An environment variable's name. */
export const variableName = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, "must be upper-case letters, digits and '_'")
  .meta({ examples: ["LOG_LEVEL"] });

/** An absolute http(s) URL without credentials, query or fragment, and without a trailing slash. */
export const baseUrl = z
  .string()
  .regex(
    /^https?:\/\/[a-zA-Z0-9.-]+(:\d{1,5})?(\/[a-zA-Z0-9._~-]+)*$/,
    "must be an http(s) URL without a trailing slash",
  )
  .meta({ examples: ["https://grafana.example.com"] });

/** An absolute path of a URL or of a container's file system. */
export const absolutePath = z
  .string()
  .regex(/^\/[a-zA-Z0-9._~/-]*$/, "must be an absolute path of letters, digits, '.', '_', '~', '-' and '/'")
  .refine((path) => !path.split("/").includes(".."), "must not hold '..'")
  .meta({ examples: ["/metrics"] });

/** A requirement that an entry meets, such as "WV-6"; `docs/requirements.md` links it to what was generated. */
export const requirement = z
  .string()
  .regex(/^[A-Z]{2,6}-\d{1,4}$/, 'must be a requirement id, such as "WV-6"')
  .meta({ examples: ["WV-6"] });
/** The requirements that an entry meets. */
export const meets = z.array(requirement).default([]);
