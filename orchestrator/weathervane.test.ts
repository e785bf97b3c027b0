import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EventType } from "./domain/event.ts";
import { type ServingProcess, servingProcess } from "./service-of-test.ts";

// A whole service as WeatherVane: its modes, its breakers, its evidence, and who obeys.
const wait = { timeout: 60_000, interval: 100 };
const MB = 1_000_000;
let it: ServingProcess;
let evidence: string;
beforeAll(async () => {
  it = await servingProcess("weathervane", { ORCHESTRATOR_EVIDENCE_BYTES: String(10 * MB) });
  evidence = join(it.folder, "evidence");
  const step = (id: string, more: object) => ({ id, agent: "coder", attempts: 1, ...more });
  const steps = [
    step("first", { input: { script: { latencyMs: 2_000 } } }),
    step("second", { needs: ["first"] }),
  ];
  await it.ask("POST", "/v1/workflows", { body: { name: "two-steps", steps } });
  const failing = [step("only", { input: { script: { failures: 1 } } })];
  await it.ask("POST", "/v1/workflows", { body: { name: "failing", steps: failing } });
});
afterAll(() => it.close());

const setMode = (mode: string) => it.ask("PUT", "/v1/mode", { body: { mode, because: "a test" } });
const tell = (signal: string, value: number) =>
  it.ask("PUT", "/v1/signals", { body: { signal, value, because: "told by a test" } });
const start = (workflow: string) => it.ask("POST", "/v1/runs", { body: { workflow } });
const stateOfRun = async (id: unknown) => (await it.ask("GET", `/v1/runs/${id}`)).body.state;
const gauge = async (series: string) =>
  Number(
    new RegExp(`^${series.replace(/[{}"]/g, "\\$&")} (.*)$`, "m").exec(await it.metrics("autopilot"))?.[1],
  );

/** An artifact of so many bytes that nothing makes smaller unless told, last changed so long ago. */
async function artifact(
  name: string,
  { bytes, hoursAgo }: { bytes: number; hoursAgo: number },
): Promise<void> {
  await mkdir(evidence, { recursive: true });
  await writeFile(join(evidence, name), Buffer.alloc(bytes, "all the same "));
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(join(evidence, name), at, at);
}

/** Rows and log lines of a kind, which must be the same. */
async function told(type: EventType) {
  const plain = (await it.events(type)).map(({ id: _, at: __, ...event }) => event);
  await expect.poll(() => it.logged(type).map(({ event }) => event), wait).toEqual(plain);
  return plain;
}

test("WV-12: emergency stop pauses what runs before its next step and keeps its state, until a person ends it", async () => {
  const letGo = await it.holdWork();
  const { id } = (await start("two-steps")).body;
  await expect.poll(() => stateOfRun(id), wait).toBe("running");
  expect((await tell("cascading-failures", 1)).status).toBe(200);
  await expect.poll(() => gauge('weathervane_mode{mode="emergency-stop"}'), wait).toBe(1);
  await expect.poll(it.isPaused, wait).toBe(true);
  await letGo();
  await expect.poll(() => stateOfRun(id), wait).toBe("paused");
  expect((await start("two-steps")).status).toBe(503);
  await tell("cascading-failures", 0);
  await expect.poll(async () => (await setMode("normal")).status, wait).toBe(200);
  await expect.poll(() => stateOfRun(id), wait).toBe("succeeded");
});

test("WV-11, WV-15: above 90 % of the evidence's space nothing is written and what is there is compressed, until it is below 75 %", async () => {
  await artifact("young", { bytes: 9.2 * MB, hoursAgo: 0.1 });
  await expect
    .poll(() => it.events("breaker.changed"), wait)
    .toMatchObject([
      { breaker: "file-io", state: "open" },
      { breaker: "file-io", state: "closed" },
    ]);
  expect(await readdir(evidence)).toEqual(["young.gz"]);
  expect(await told("failure.handled")).toEqual([{ type: "failure.handled", resolution: "self-healed" }]);
});

test("WV-14: the oldest artifact that is not compressed is measured, and those of more than an hour are compressed", async () => {
  await artifact("old", { bytes: 5_000, hoursAgo: 0.5 });
  await expect
    .poll(() => gauge("weathervane_evidence_oldest_uncompressed_seconds"), wait)
    .toBeGreaterThan(0.5 * 3_600 - 60);
  // From now on the minute's compression may come at any moment.
  await artifact("old", { bytes: 5_000, hoursAgo: 3 });
  await expect.poll(() => readdir(evidence), { ...wait, timeout: 120_000 }).toEqual(["old.gz", "young.gz"]);
  await expect.poll(() => gauge("weathervane_evidence_oldest_uncompressed_seconds"), wait).toBe(0);
  expect(await told("artifacts.compressed")).toMatchObject([{ files: 1 }, { files: 1 }]);
  for (const name of await readdir(evidence)) await rm(join(evidence, name));
});

test("WV-10: when more than half of the runs fail, none is started, and those that run go on", async () => {
  const letGo = await it.holdWork();
  const running = (await start("two-steps")).body.id;
  await expect.poll(() => stateOfRun(running), wait).toBe("running");
  await letGo();
  for (let i = 0; i < 4; i++)
    await it.ask("POST", "/v1/workflows/failing/run-and-wait", { body: { input: {} } });
  await expect
    .poll(async () => (await it.events("breaker.changed")).at(-1), wait)
    .toMatchObject({
      breaker: "task-failures",
      state: "open",
    });
  await expect.poll(() => gauge('weathervane_breaker_open{breaker="task-failures"}'), wait).toBe(1);
  const { id } = (await start("two-steps")).body;
  await expect.poll(() => stateOfRun(running), wait).toBe("succeeded");
  expect(await stateOfRun(id)).toBe("queued");
});

test("each transition of a breaker, a mode and the compression is one row, one log line and one count", async () => {
  const opened = (await told("breaker.changed")).filter(
    (event) => "state" in event && event.state === "open",
  );
  expect(opened).toHaveLength(2);
  const text = await it.metrics("autopilot");
  for (const breaker of ["file-io", "task-failures"])
    expect(text).toContain(`weathervane_breaker_trips_total{breaker="${breaker}"} 1\n`);
  const modes = await told("mode.changed");
  expect(modes.map((event) => ("to" in event ? `${event.to} ${event.because}` : ""))).toEqual([
    "emergency-stop cascading-failures",
    "normal a test",
  ]);
  expect(text).toContain('weathervane_operations_total{operation="mode-change",logged="true"} 2\n');
  expect(text).toContain('weathervane_operations_total{operation="breaker-change",logged="true"} 3\n');
  expect(text).toContain('weathervane_failures_handled_total{resolution="self-healed"} 1\n');
});
