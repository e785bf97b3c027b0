// For tests: a whole service whose agents work by two local providers and by tools in a process of their own.
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { packageFile } from "../../package-root.ts";
import { type LocalProvider, startLocalProvider } from "../providers/local-provider.ts";
import { type ServiceOfTestOptions, serviceOfTest, type TriedService } from "../service-of-test.ts";
import { freePort } from "../store/free-port.ts";
import type { Models } from "./models-file.ts";

export interface TriedModels extends TriedService {
  /** The first provider, and its back-up. */
  anthropic: LocalProvider;
  openai: LocalProvider;
  /** Answers of the tools' server beside the protocol: `/script`, `/readyz`. */
  tools: string;
}

interface Options extends Omit<ServiceOfTestOptions, "models"> {
  models?: Partial<Models>;
  /** Milliseconds for an answer of the tools' server, and for its start. */
  toolsTimeoutMs?: number;
  /** Told the body of every request that a provider received. */
  onRequest?: (body: unknown) => void;
}

/** Starts it; all of it ends with the test. */
export async function serviceWithModels({
  models,
  toolsTimeoutMs = 20_000,
  onRequest,
  ...options
}: Options = {}): Promise<TriedModels> {
  const localProvider = async (): Promise<LocalProvider> => {
    const script = { latencyMs: { from: 0, to: 5 } };
    const provider = await startLocalProvider({ script, ...(onRequest && { onRequest }) });
    onTestFinished(() => provider.close());
    return provider;
  };
  const [anthropic, openai] = await Promise.all([localProvider(), localProvider()]);
  const port = await freePort();
  const usual = modelsOf({ anthropic, openai }, { port, timeoutMs: toolsTimeoutMs });
  const tried = await serviceOfTest({ ...options, models: { ...usual, ...models } });
  return { ...tried, anthropic, openai, tools: `http://127.0.0.1:${port}` };
}

/** For tests: what stands for every provider's key. */
export const modelKey = "canary-model-key";

function modelsOf(
  providers: Record<string, LocalProvider>,
  { port, timeoutMs }: { port: number; timeoutMs: number },
): Models {
  const program = packageFile(join("dist", "orchestrator", "local-tools.js"));
  const usdPerMillionTokens = { input: 1, output: 5 };
  return {
    providers: Object.entries(providers).map(([name, { baseUrl }]) => ({
      ...{ name, baseUrl, apiKey: modelKey, model: "small", usdPerMillionTokens },
      // None is slow by itself: what is late is the machine.
      ...{ timeoutMs: 60_000, atOnce: 10 },
    })),
    maxOutputTokens: 500,
    tools: {
      server: { command: [process.execPath, program, "--stdio", "--port", String(port)] },
      timeoutMs,
    },
    secrets: [modelKey],
  };
}
