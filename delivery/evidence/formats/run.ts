import { runRecord } from "../../runs/run-record.ts";
import { fromJson, type Measured, UnreadableError } from "../measured.ts";
import { valuesOfMeasures } from "./k6.ts";

const names = ["p50", "p95", "p99", "error-rate", "throughput"];

/** A record of `fairlead load` (`.fairlead/runs/ID.json`). What was measured before its window ended says nothing of later. */
export function readRunRecord(text: string): Measured {
  const { subject, measures, samples, verdict, window } = fromJson(text, runRecord);
  if (verdict === "inconclusive") throw new UnreadableError("the run was inconclusive");
  if (Date.parse(window.to) < Date.parse(window.from)) throw new UnreadableError("it ends before it begins");
  const unknown = Object.keys(measures).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UnreadableError(`no load measures ${unknown}`);
  if (Object.values(measures).some((value) => value !== null && value < 0))
    throw new UnreadableError("it measured less than nothing");
  return { subject, at: window.to, values: valuesOfMeasures(measures, samples) };
}
