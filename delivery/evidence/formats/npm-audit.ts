import { z } from "zod";
import { count, counted, fromJson, type Measured, UnreadableError } from "../measured.ts";

const severity = z.enum(["info", "low", "moderate", "high", "critical"]);
const report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), z.object({ severity })),
  metadata: z.object({
    vulnerabilities: z.object({ info: count, low: count, moderate: count, high: count, critical: count }),
    dependencies: z.object({ total: count }),
  }),
});

/** What `npm audit --json` says, of npm 7 and later. */
export function readNpmAudit(text: string): Measured {
  const { vulnerabilities, metadata } = fromJson(text, report);
  if (metadata.dependencies.total === 0) throw new UnreadableError("no dependency was looked at");
  const { info: _, ...counts } = metadata.vulnerabilities;
  const listed = Object.values(vulnerabilities);
  for (const [name, said] of Object.entries(counts)) {
    const found = listed.filter((one) => one.severity === name).length;
    if (found !== said) throw new UnreadableError(`the file counts ${said} ${name} and lists ${found}`);
  }
  return { values: counted(counts) };
}
