import type { EvidenceKind } from "../../../catalog/evidence.ts";
import type { Read } from "../measured.ts";
import { readApprovals } from "./approvals.ts";
import { readBenchmark } from "./benchmark.ts";
import { readChanges } from "./changes.ts";
import { readCobertura } from "./cobertura.ts";
import { readCycloneDx } from "./cyclonedx.ts";
import { readDrill } from "./drill.ts";
import { readIstanbul } from "./istanbul.ts";
import { readJscpd } from "./jscpd.ts";
import { readJUnit } from "./junit.ts";
import { readK6 } from "./k6.ts";
import { readLcov } from "./lcov.ts";
import { readLoad } from "./load.ts";
import type { FormatName } from "./names.ts";
import { readNpmAudit } from "./npm-audit.ts";
import { readRunRecord } from "./run.ts";
import { readSarif } from "./sarif.ts";
import { readTerraformPlan, withoutValues } from "./terraform-plan.ts";

/** A form in which a tool reports. */
export interface Format {
  kind: EvidenceKind | "load";
  /** From when on it says nothing any more of the release, in seconds. */
  freshSeconds: number;
  read: Read;
  /** What of a file is kept as evidence, where not all of it. */
  keep?: (text: string) => string;
}

const hour = 3600;
const day = 24 * hour;

/**
 * Every form that is read. What depends on the release alone counts for a week; what changes while the release stays the same counts
 * shorter: a day for scanners, whose rules and lists of vulnerabilities grow, four hours for a plan, whose cluster changes. A drill is of
 * the platform more than of the release: a month. Approvals carry their own end.
 */
export const formats = {
  k6: { kind: "load", freshSeconds: 7 * day, read: readK6 },
  load: { kind: "load", freshSeconds: 7 * day, read: readLoad },
  run: { kind: "load", freshSeconds: 7 * day, read: readRunRecord },
  lcov: { kind: "coverage", freshSeconds: 7 * day, read: readLcov },
  cobertura: { kind: "coverage", freshSeconds: 7 * day, read: readCobertura },
  istanbul: { kind: "coverage", freshSeconds: 7 * day, read: readIstanbul },
  sarif: { kind: "findings", freshSeconds: day, read: readSarif },
  "npm-audit": { kind: "vulnerabilities", freshSeconds: day, read: readNpmAudit },
  cyclonedx: { kind: "vulnerabilities", freshSeconds: day, read: readCycloneDx },
  jscpd: { kind: "duplication", freshSeconds: 7 * day, read: readJscpd },
  junit: { kind: "tests", freshSeconds: 7 * day, read: readJUnit },
  "terraform-plan": {
    kind: "terraform-plan",
    freshSeconds: 4 * hour,
    read: readTerraformPlan,
    keep: withoutValues,
  },
  drill: { kind: "drill", freshSeconds: 30 * day, read: readDrill },
  changes: { kind: "changes", freshSeconds: 7 * day, read: readChanges },
  benchmark: { kind: "benchmark", freshSeconds: 7 * day, read: readBenchmark },
  approvals: { kind: "approvals", freshSeconds: 30 * day, read: readApprovals },
} as const satisfies Record<FormatName, Format>;
