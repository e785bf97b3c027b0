import type { Platform } from "../../model/model.ts";
import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import type { RecordEvent } from "../domain/event.ts";
import { isScripted } from "../engine/scripted-worker.ts";
import { guardedTools, outcomeOfToolCall } from "../mcp/guarded-tools.ts";
import { mcpTools, type Tools } from "../mcp/tools.ts";
import { type ModelProviders, modelProviders } from "../providers/model-providers.ts";
import { modelWorker } from "../providers/model-worker.ts";
import { modelBreakers, outcomeOfModelCall, providerLines } from "../providers/provider-lines.ts";
import { TokensSpent, withinBudget } from "../providers/token-budget.ts";
import type { Outcome } from "../resilience/counted.ts";
import { recoveryLimitsOf } from "../resilience/recovery.ts";
import type { Resilience } from "../resilience/resilience.ts";
import type { Scrub } from "../security/redaction.ts";
import type { Store } from "../store/database.ts";
import { tokenLedger } from "../store/token-usage.ts";
import type { Tracing } from "../telemetry/tracing.ts";
import { budgetOf, watchHour } from "./budget.ts";
import { EvidenceSpent, evidenceWriter } from "./evidence-writer.ts";
import type { Models } from "./models-file.ts";

/** The platform's breaker of its tools' server. */
const toolBreaker = "mcp-server";

interface WorkOptions {
  models: Models;
  /** Does the steps whose input has a script. */
  scripted: Worker;
  platform: Platform;
  store: Store;
  /** Of the engine whose steps this does. */
  executorId: string;
  clock: Clock;
  resilience: Resilience;
  tracing: Tracing;
  record: RecordEvent;
  scrub: Scrub;
  evidenceFolder: string;
}

/** What does the agents' work in this process. */
export interface Work {
  worker: Worker;
  /** Whether the tokens of the hour let runs start. */
  mayStart(): boolean;
  /** Share of the model providers that cannot be asked now. */
  providersDown(): number;
  /** Ends what it started; to be called when no step is under way any more. */
  stop(): Promise<void>;
}

/** What an error of a call says of what each breaker of models and tools protects; for the platform's resilience. */
export function outcomesOfCalls(
  platform: Pick<Platform, "breakers">,
): Record<string, (error: unknown) => Outcome | undefined> {
  const models = modelBreakers(platform).map((name) => [name, outcomeOfModelCall] as const);
  return { ...Object.fromEntries(models), [toolBreaker]: outcomeOfToolCall };
}

/**
 * Puts a worker together that does a step by its script, where its input has one, and else by models and tools: behind the platform's
 * breakers, within its limits, each call traced and recorded.
 */
export function startWork(options: WorkOptions): Work {
  const { models, scripted, platform, store, clock, resilience, record } = options;
  const limits = recoveryLimitsOf(platform);
  const lines = providerLines(models.providers, { platform, resilience, clock });
  const providers = modelProviders(lines, {
    ...{ record, clock, limits },
    locked: () => resilience.restrictions().keysLocked,
  });
  const tools = toolsOf(options);
  const byModel = agentOf(options, { providers, tools });
  const hour = watchHour(platform, { store, clock });
  return {
    worker: (assignment, signal) => (isScripted(assignment) ? scripted : byModel)(assignment, signal),
    mayStart: hour.now,
    providersDown: providers.down,
    async stop() {
      await Promise.all([providers.stop(), hour.stop(), tools.close()]);
    },
  };
}

function agentOf(
  options: WorkOptions,
  { providers, tools }: { providers: ModelProviders; tools: Tools },
): Worker {
  const { models, platform, store, executorId, clock, resilience, tracing, record, scrub, evidenceFolder } =
    options;
  const budget = budgetOf(platform);
  const ledger = tokenLedger(store, { executorId, clock });
  const work = modelWorker({
    callModel: tracing.tracedModel(withinBudget(providers.call, { ledger, clock, limits: budget })),
    tools: tracing.tracedTools(tools),
    writeEvidence: evidenceWriter({
      ...{ folder: evidenceFolder, perRun: budget.evidence, scrub },
      mayWrite: () => resilience.restrictions().artifacts,
    }),
    ...{ scrub, maxOutputTokens: models.maxOutputTokens },
  });
  return async (assignment, signal) => {
    try {
      return await work(assignment, signal);
    } catch (error) {
      const { runId } = assignment;
      if (error instanceof TokensSpent) record({ type: "limit.reached", runId, limit: "tokens" });
      if (error instanceof EvidenceSpent) record({ type: "limit.reached", runId, limit: "evidence" });
      throw error;
    }
  };
}

function toolsOf({ models, platform, resilience, record, clock }: WorkOptions): Tools {
  if (!models.tools) return noTools;
  const tools = mcpTools({ ...models.tools, record, clock, onLost: () => guarded.lost() });
  const breaker = resilience.breakers.get(toolBreaker);
  const guarded = guardedTools(tools, { breaker, limits: recoveryLimitsOf(platform), record, clock });
  return guarded;
}

/** Where no server of tools is named. */
const noTools: Tools = {
  call: (tool) =>
    Promise.reject(
      Object.assign(new Error(`there is no tool ${tool}: no server of tools is set`), { permanent: true }),
    ),
  list: async () => [],
  close: async () => undefined,
};
