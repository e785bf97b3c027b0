import type { Store } from "../store/database.ts";
import { persistently } from "../store/transient.ts";
import type { WorkLog } from "./scripted-worker.ts";

/** Writes down what scripted workers do, outside of all that the engine knows of it. */
export function workLog({ pool }: Store): WorkLog {
  return async ({ key, phase }) => {
    await persistently(() =>
      pool.query("INSERT INTO work_log (key, phase, process) VALUES ($1, $2, $3)", [key, phase, process.pid]),
    );
  };
}
