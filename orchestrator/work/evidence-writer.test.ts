import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Assignment } from "../domain/agent.ts";
import { scrubber } from "../security/redaction.ts";
import { EvidenceSpent, evidenceWriter } from "./evidence-writer.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-evidence-"));
});
afterEach(() => rm(folder, { recursive: true }));

const of = (stepId: string, attempt = 1): Assignment => ({
  ...{
    key: "k",
    runId: "0190f3a0-1111-7000-8000-000000000001",
    stepId,
    attempt,
    agent: "a",
    type: "t",
    input: {},
  },
});
const writer = (more: { perRun?: number; mayWrite?: () => boolean } = {}) =>
  evidenceWriter({
    ...{ folder, perRun: 1_000, mayWrite: () => true, scrub: scrubber(["canary-secret"]) },
    ...more,
  });

describe("evidence of agents' work (WV-14)", () => {
  test("each attempt has a file, whose bytes are told; done again, it is the same file", async () => {
    const keep = writer();
    const bytes = await keep(of("review"), { verdict: "approved" });
    expect(bytes).toBe('{"verdict":"approved"}\n'.length);
    await keep(of("review"), { verdict: "approved" });
    await keep(of("review", 2), {});
    expect((await readdir(join(folder, of("review").runId))).sort()).toEqual([
      "review-1.json",
      "review-2.json",
    ]);
  });

  test("a run may fill its limit to the last byte; what would pass it is not written, and fails for good", async () => {
    const keep = writer({ perRun: 50 });
    await keep(of("a"), "x".repeat(47));
    const passed = await keep(of("b"), "").catch((thrown: unknown) => thrown);
    expect(passed).toBeInstanceOf(EvidenceSpent);
    expect(passed).toMatchObject({ permanent: true });
    expect(await readdir(join(folder, of("a").runId))).toEqual(["a-1.json"]);
  });

  test("no name leads out of the folder", async () => {
    const keep = writer();
    await keep({ ...of("../../etc/passwd"), runId: "../elsewhere" }, {});
    const all = await readdir(folder, { recursive: true });
    expect(all.sort()).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f/-]+1\.json$/),
    ]);
  });

  test("no secret is written (CC-12), and nothing while the disk is nearly full (WV-11)", async () => {
    await writer()(of("a"), { said: "canary-secret" });
    expect(await readFile(join(folder, of("a").runId, "a-1.json"), "utf8")).not.toContain("canary");
    expect(await writer({ mayWrite: () => false })(of("b"), {})).toBe(0);
    expect(await readdir(join(folder, of("a").runId))).toEqual(["a-1.json"]);
  });
});
