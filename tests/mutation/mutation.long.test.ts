import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootFolder } from "../structure/source-files.ts";
import { killedShare, mutationReport } from "./report.ts";
import { tryMutants } from "./try-mutants.ts";

const SEED = 20_261_121;
const COUNT = 200;

test("the generated unit tests notice at least 95 % of 200 mistakes in the generated rules", async () => {
  const verdicts = await tryMutants({ seed: SEED, count: COUNT });
  const reports = join(rootFolder, "docs/reports");
  await mkdir(reports, { recursive: true });
  await writeFile(join(reports, "mutation.md"), `${mutationReport(verdicts, SEED)}\n`);
  expect(verdicts).toHaveLength(COUNT);
  expect(killedShare(verdicts)).toBeGreaterThanOrEqual(0.95);
}, 3_600_000);
