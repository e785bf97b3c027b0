// The generated smoke tests are run as they are, by the real k6, against a process of the orchestrator as it was built.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { requireTool } from "../tools/find.ts";
import { wallClock } from "./clock.ts";
import { type OrchestratorProcess, startProcess } from "./engine/process-of-test.ts";
import { type LocalIssuer, openLocalIssuer } from "./security/local-issuer.ts";
import { roles } from "./security/permissions.ts";

let folder: string;
let issuer: LocalIssuer;
let token: string;
const names = { issuer: "urn:fairlead:local", audience: "orchestrator", clock: wallClock };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-load-"));
  issuer = await openLocalIssuer(folder, names);
  token = await issuer.issue({ subject: "load-test", project: "lab", roles: Object.keys(roles) });
  await writeFile(join(folder, "token"), `${token}\n`, { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Serving extends OrchestratorProcess {
  url: string;
}

/** A process that stands for a platform, on a PostgreSQL of its own. */
async function serve(platform: string): Promise<Serving> {
  const started = startProcess({
    ...{ ORCHESTRATOR_PORT: "0", ORCHESTRATOR_PLATFORM: platform, ORCHESTRATOR_PROJECT: rootFolder },
    ...{ ORCHESTRATOR_KEYS: issuer.publicFolder, ORCHESTRATOR_EVIDENCE: folder },
    ORCHESTRATOR_LOG_LEVEL: "silent",
  });
  await started.ready;
  const ready = started.lines.find((line) => line.includes('"ready"')) ?? "{}";
  return { ...started, url: (JSON.parse(ready) as { url: string }).url };
}

/** Does something with such a process, which is ended whatever comes of it. */
async function served<T>(platform: string, using: (url: string) => Promise<T>): Promise<T> {
  const { url, kill, exited } = await serve(platform);
  try {
    return await using(url);
  } finally {
    kill("SIGTERM");
    expect(await exited).toBe(0);
  }
}

const ask = (url: string, method: string, body: unknown) =>
  fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

interface Result {
  passed: boolean;
  requests: number;
  thresholds: { metric: string; ok: boolean }[];
}

/** Half a minute is what was generated; a third of it shows as well what is asked and answered. */
const usualSeconds = howMany(10, 30);

/** Runs a platform's smoke test; `seconds` shortens it. */
async function smoke(url: string, platform: string, { withToken = true, seconds = usualSeconds } = {}) {
  const test = await mkdtemp(join(folder, "smoke-"));
  await cp(join(rootFolder, "generated/load-tests", platform, "smoke"), test, { recursive: true });
  const profile = JSON.parse(await readFile(join(test, "profile.json"), "utf8"));
  profile.options.scenarios.load.duration = `${seconds}s`;
  await writeFile(join(test, "profile.json"), JSON.stringify(profile));
  const settings = [`BASE_URL=${url}`, `SUMMARY=${join(test, "result.json")}`];
  if (withToken) settings.push(`TOKEN_FILE=${join(folder, "token")}`);
  const options = ["--quiet", "--no-usage-report", "--include-system-env-vars=false", "--address", ""];
  const { exitCode, all } = await execa(
    await requireTool("k6"),
    ["run", ...options, ...settings.flatMap((setting) => ["-e", setting]), join(test, "script.js")],
    { all: true, reject: false, timeout: 120_000, env: { K6_NO_COLOR: "true" } },
  );
  const text = await readFile(join(test, "result.json"), "utf8");
  expect(all + text).not.toContain(token);
  const result = JSON.parse(text) as Result;
  const failed = result.thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric);
  return { exitCode, failed, requests: result.requests };
}

// What is asked for is served as it is asked for; how fast, a machine that does other things beside does not say.
describe("the generated smoke test passes against the orchestrator that stands for", () => {
  test.each([["weathervane"], ["commandcenter"], ["nexus"], ["agenthive"], ["production"]])(
    "%s",
    async (platform) => {
      const { exitCode, failed, requests } = await served(platform, async (url) => {
        await ask(`${url}/v1/agents`, "POST", { id: "load-test", type: "code-reviewer" });
        return smoke(url, platform);
      });
      const isLate = (metric: string) => metric.startsWith("http_req_duration");
      expect(failed.filter((metric) => !isLate(metric))).toEqual([]);
      expect(exitCode).toBe(failed.length > 0 ? 99 : 0);
      // Five a second.
      expect(requests).toBeGreaterThanOrEqual(5 * usualSeconds);
    },
  );
});

test("it fails without a token, and while the service takes no new work", async () => {
  const short = { seconds: 5 };
  const fails = { exitCode: 99, failed: expect.arrayContaining(["checks", "http_req_failed"]) };
  await served("weathervane", async (url) => {
    expect(await smoke(url, "weathervane", { ...short, withToken: false })).toMatchObject(fails);
    const readOnly = { mode: "read-only", because: "a test" };
    expect((await ask(`${url}/v1/mode`, "PUT", readOnly)).status).toBe(200);
    expect(await smoke(url, "weathervane", short)).toMatchObject(fails);
  });
});
