import { execa } from "execa";

/** One run of an outside tool. */
export interface ToolCall {
  path: string;
  args: readonly string[];
  /** Working folder; for tools that read a configuration from the home folder, it is their home too. */
  cwd: string;
  /** Time limit. */
  seconds: number;
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** How the run ended. */
export interface ToolResult {
  ok: boolean;
  stdout: string;
  stderr: string;
  /** Why the tool came to no result of its own: it took too long, was killed or could not be started. */
  trouble?: string;
}

// Variables by which a user's set-up changes what these tools do, or whom they tell: K6_VUS, TF_CLI_ARGS, BC_API_KEY and the like.
const STEERING = /^(K6_|CKV_|CHECKOV_|BC_|PRISMA_|TF_(?!CLI_CONFIG_FILE$|PLUGIN_CACHE))/;

/**
 * Runs a tool to its end or its time limit and returns all that it said; throws only when `signal` ends it. What the
 * tool asks for politely first (SIGTERM lets Terraform end its providers), it gets killed for five seconds later.
 */
export async function runTool(call: ToolCall): Promise<ToolResult> {
  const inherited = Object.entries(process.env).filter(([name]) => !STEERING.test(name));
  const result = await execa(call.path, [...call.args], {
    cwd: call.cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", TERM: "dumb", ...call.env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: call.seconds * 1000,
    forceKillAfterDelay: 5000,
    ...(call.signal && { cancelSignal: call.signal }),
  });
  call.signal?.throwIfAborted();
  const { stdout, stderr } = result;
  if (result.timedOut) return { ok: false, stdout, stderr, trouble: `did not end within ${call.seconds} s` };
  if (result.signal) return { ok: false, stdout, stderr, trouble: `was ended by ${result.signal}` };
  if (result.exitCode === undefined)
    return { ok: false, stdout, stderr, trouble: result.shortMessage ?? "did not start" };
  return { ok: result.exitCode === 0, stdout, stderr };
}
