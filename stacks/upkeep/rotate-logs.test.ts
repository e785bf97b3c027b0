import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { packageFile } from "../../package-root.ts";

describe("log rotation (NX-8)", () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-logs-"));
  const logs = join(folder, "rotated");
  const script = packageFile("stacks/upkeep/scripts/rotate-logs.sh");
  const rotate = (path = process.env.PATH) =>
    execFileSync("sh", [script], {
      encoding: "utf8",
      stdio: "pipe",
      env: { LOGS: logs, LOG_KEEP: "2", PATH: path },
    });
  const closed = () =>
    readdirSync(join(logs, "deep"))
      .filter((name) => name.endsWith(".gz"))
      .sort();
  beforeEach(() => {
    rmSync(logs, { recursive: true, force: true });
    mkdirSync(join(logs, "deep"), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("compresses what was written, goes on with the same file, and keeps the newest", () => {
    const log = join(logs, "deep", "it's a service.log");
    const writer = (line: string) => execFileSync("sh", ["-c", 'echo "$1" >> "$2"', "sh", line, log]);
    for (const day of ["20260101T000000Z", "20260102T000000Z"]) writeFileSync(`${log}-${day}.gz`, "");
    writer("one");
    rotate();
    writer("two");
    expect(readFileSync(log, "utf8")).toBe("two\n");
    expect(closed()).toHaveLength(2);
    expect(closed()[0]).toContain("20260102T000000Z");
    expect(execFileSync("gzip", ["-dc", join(logs, "deep", closed()[1] ?? "")], { encoding: "utf8" })).toBe(
      "one\n",
    );
  });

  test("leaves a log as it is where it cannot be compressed", () => {
    const log = join(logs, "deep", "a.log");
    writeFileSync(log, "kept\n");
    const path = join(folder, "broken");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "gzip"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(path, "gzip"), 0o755);
    expect(() => rotate(`${path}:${process.env.PATH}`)).toThrow("it was left as it is");
    expect(readFileSync(log, "utf8")).toBe("kept\n");
    expect(closed()).toEqual([]);
  });
});
