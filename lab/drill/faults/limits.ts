import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evidenceBytes, labToken } from "../../parts/orchestrator.ts";
import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { isClosed, usual } from "./weathervane.ts";

const evidenceOf = (field: Field) => join(field.folder.path, "evidence", "drill");
const pending = (field: Field) => field.metric("autopilot", 'weathervane_tasks_pending{priority="normal"}');
let asked: readonly string[] = [];
/** What an hour's tasks may use (WV-14), what a call answers at most, and the calls of a run of `drill-long`, which stays below a task's limit. */
const tokensOfHour = 100_000;
const tokensOfCall = 1_000;
const callsOfRun = 7;

/** What there is too much of. */
export const limitFaults: readonly Fault[] = [
  {
    ...{ ...usual, name: "queue-backlog", title: "More tasks come than are done" },
    fires: [{ alert: "PendingTasksHigh" }],
    byItself: "ten run at once, the others wait in order; none is lost",
    healthyAgain: "when twenty or fewer wait",
    async inject(field) {
      await field.start("drill-slow", { runs: 50 });
    },
    heal: async () => undefined,
    isHealthy: async (field) => ((await pending(field)) ?? 99) <= 20,
  },
  {
    ...{ ...usual, name: "token-overuse", title: "A task uses more tokens than it may" },
    fires: [{ alert: "TaskLimitHit", stays: "counts the last 15 minutes" }],
    mayFire: ["TaskTokensNearLimit"],
    byItself: "makes no further call for it, and ends it",
    healthyAgain: "when the run has ended",
    async inject(field) {
      await field.provider("anthropic", { outputTokens: 1_000 });
      asked = await field.start("drill-chain");
    },
    heal: (field) => field.provider("anthropic", {}),
    isHealthy: async (field) =>
      asked.length > 0 && (await field.ask("GET", `/v1/runs/${asked[0]}`)).body.state === "failed",
  },
  {
    ...{ ...usual, name: "hourly-token-overuse", title: "All tasks use more than 80 % of an hour's tokens" },
    fires: [{ alert: "HourlyTokensNearLimit", stays: "counts the last hour" }],
    byItself: "goes on below the limit, and starts no task above it until earlier use is an hour old",
    healthyAgain: "when the runs that used them have ended",
    async inject(field) {
      const used = (await field.metric("autopilot", "weathervane_token_budget_used_tokens")) ?? 0;
      await field.provider("anthropic", { outputTokens: tokensOfCall });
      const runs = Math.max(1, Math.ceil((0.81 * tokensOfHour - used) / (tokensOfCall * callsOfRun)));
      asked = await field.start("drill-long", { runs });
    },
    heal: (field) => field.provider("anthropic", {}),
    isHealthy: (field) => field.succeeded(asked),
  },
  {
    ...{ ...usual, name: "disk-filling", title: "The evidence's disk is more than 90 % full" },
    once: "files are compressed when they have not changed for a minute",
    fires: [{ alert: "EvidenceDiskLow" }, { alert: "BreakerTripped" }],
    byItself:
      "keeps no evidence, and compresses what has not changed for a minute until less than 75 % is used",
    healthyAgain: "when its breaker is closed",
    async inject(field) {
      // Left alone for a minute, as what changed a moment ago is, then made small.
      await writeFile(evidenceOf(field), Buffer.alloc(0.96 * evidenceBytes, "all the same "));
    },
    heal: async () => undefined,
    async isHealthy(field) {
      const isWell = await isClosed(field, "file-io");
      if (isWell) await rm(`${evidenceOf(field)}.gz`, { force: true });
      return isWell;
    },
  },
  {
    ...{ ...usual, name: "token-expiry", title: "A client's access token has expired" },
    fires: [],
    byItself: "refuses it with 401, and serves everybody else",
    healthyAgain: "at once for whoever has a new token",
    async inject(field) {
      const token = await labToken(field.folder, { subject: "late", roles: ["viewer"], seconds: -3_600 });
      const url = field.state().parts["orchestrator-1"]?.addresses.url;
      const { status } = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${token}` } });
      if (status !== 401) throw new Error(`an expired token was answered with ${status}`);
    },
    heal: async () => undefined,
    isHealthy: async (field) => (await field.ask("GET", "/v1/runs")).status === 200,
  },
];
