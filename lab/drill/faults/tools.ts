import { within } from "../../processes.ts";
import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { isClosed, usual } from "./weathervane.ts";

const heal: Fault["heal"] = async (field) => void (await field.tools({}));
let asked: readonly string[] = [];

/** Has each orchestrator's server of tools run, which it does from its first task on. */
async function runTools(field: Field): Promise<void> {
  const areRunning = async () => {
    if ((await field.tools({})) === field.replicas().length) return true;
    await field.offer("drill-tool", { runs: field.replicas().length });
    return false;
  };
  if (!(await within(20_000, areRunning, { everyMs: 500 }))) throw new Error("not all servers of tools run");
}

/** What the tools' server does wrong. It is started anew with its first script, so that nobody has to heal it. */
export const toolFaults: readonly Fault[] = [
  {
    ...{ ...usual, heal, name: "mcp-crash", title: "The MCP server crashes" },
    fires: [],
    byItself: "starts it anew at once; the tasks that asked it wait for that",
    healthyAgain: "when those tasks are done",
    async inject(field) {
      await runTools(field);
      await field.tools({ crash: true });
      asked = await field.start("drill-tool", { runs: 3 });
    },
    isHealthy: (field) => field.succeeded(asked),
  },
  {
    ...{ ...usual, heal, name: "mcp-hang", title: "The MCP server hangs" },
    fires: [{ alert: "BreakerTripped" }],
    // Tasks are not started while the breaker is open.
    mayFire: ["PendingTasksHigh"],
    byItself: "the breaker opens after three time-outs; the server is started anew, and tried after 10 s",
    healthyAgain: "when the breaker's trial succeeds",
    async inject(field) {
      await runTools(field);
      await field.tools({ hangs: 1 });
      // Each orchestrator has its own server, and counts the time-outs of its own.
      asked = await field.start("drill-tool", { runs: 6 * field.replicas().length });
    },
    isHealthy: (field) => isClosed(field, "mcp-server"),
  },
];
