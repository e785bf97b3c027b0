import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import type { ToolServer } from "../mcp/tools.ts";
import type { QueuedProvider } from "../providers/provider-lines.ts";

/** What agents work with: models, in the order in which they are asked, and the server of their tools. */
export interface Models {
  providers: QueuedProvider[];
  /** Of one answer. */
  maxOutputTokens: number;
  tools?: { server: ToolServer; timeoutMs: number };
  /** Keys that were read: they must appear nowhere. */
  secrets: string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Where a key is: never in the file itself. */
const key = z.union(
  [z.strictObject({ file: z.string().min(1) }), z.strictObject({ variable: z.string().min(1) })],
  {
    error: "must say where the key is: file: PATH, or variable: NAME",
  },
);
const url = z.url({ protocol: /^https?$/, error: "must be a URL of http or https" });
const timeoutSeconds = z.number().positive().max(600);
const usd = z.number().min(0).max(10_000);

const provider = z.strictObject({
  /** By the name that OpenTelemetry gives it, such as "anthropic". */
  name: z.string().regex(/^[a-z][a-z0-9._-]{0,62}$/, "must be a lower-case name such as anthropic"),
  /** Ends before `/chat/completions`. */
  baseUrl: url,
  model: z.string().min(1).max(200),
  /** None for a provider that asks for none. */
  key: key.optional(),
  usdPerMillionTokens: z.strictObject({ input: usd, output: usd }),
  timeoutSeconds: timeoutSeconds.default(60),
  atOnce: z.int().min(1).max(1_000).default(10),
});

const tools = z.union(
  [
    z.strictObject({ url, key: key.optional(), timeoutSeconds: timeoutSeconds.default(30) }),
    z.strictObject({
      command: z.tuple([z.string().min(1)], z.string()),
      timeoutSeconds: timeoutSeconds.default(30),
    }),
  ],
  { error: "must have either a url, with its key where it asks for one, or a command" },
);

const modelsFile = z.strictObject({
  providers: z
    .array(provider)
    .min(1)
    .max(6)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two have the same name"),
  maxOutputTokens: z.int().min(1).max(100_000).default(1_000),
  tools: tools.optional(),
});

/** Reads the file (YAML or JSON) and the keys that it refers to; throws an error that names what is wrong and shows no value. */
export async function readModels(path: string, variables: Variables): Promise<Models> {
  const result = modelsFile.safeParse(parsed(await readFile(path, "utf8"), path));
  if (!result.success) throw new Error(`${path}: ${z.prettifyError(result.error)}`);
  const { providers, maxOutputTokens, tools } = result.data;
  const secrets: string[] = [];
  const secret = async (from: z.infer<typeof key> | undefined) => {
    if (from === undefined) return undefined;
    const value = await readKey(from, variables);
    secrets.push(value);
    return value;
  };
  const read = providers.map(async ({ key, timeoutSeconds, ...one }) => ({
    ...one,
    // The client wants one, also where the provider does not.
    apiKey: (await secret(key)) ?? "none",
    timeoutMs: timeoutSeconds * 1_000,
  }));
  return {
    providers: await Promise.all(read),
    maxOutputTokens,
    ...(tools && {
      tools: { server: await serverOf(tools, secret), timeoutMs: tools.timeoutSeconds * 1_000 },
    }),
    secrets,
  };
}

function parsed(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch {
    // The parser's own message quotes the line.
    throw new Error(`${path}: is neither YAML nor JSON`);
  }
}

async function serverOf(
  server: z.infer<typeof tools>,
  secret: (from: z.infer<typeof key> | undefined) => Promise<string | undefined>,
): Promise<ToolServer> {
  if ("command" in server) return { command: server.command };
  const token = await secret(server.key);
  return { url: server.url, ...(token !== undefined && { token }) };
}

async function readKey(from: z.infer<typeof key>, variables: Variables): Promise<string> {
  const [where, value] =
    "file" in from
      ? [from.file, (await readFile(from.file, "utf8")).trim()]
      : [`the variable ${from.variable}`, variables[from.variable]];
  if (!value) throw new Error(`the key in ${where} is empty`);
  return value;
}
