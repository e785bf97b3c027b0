import type { Readable } from "node:stream";
import { type WorkReport, workReport } from "./agent-script.ts";

/** Characters of a line at most: an agent that writes without end must not fill our memory. */
const LONGEST_LINE = 4_096;

/** Reads what an agent says of its work, line by line; what is no such report is left out. */
export function readReports(output: Readable, onReport: (report: WorkReport) => void): void {
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = (lines.pop() ?? "").slice(0, LONGEST_LINE);
    for (const line of lines) {
      const report = reportOf(line);
      if (report) onReport(report);
    }
  });
}

function reportOf(line: string): WorkReport | undefined {
  try {
    return workReport.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
