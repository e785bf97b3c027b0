// What outlives a part's process, and what only seems to.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { AGENT_MARK, openAgentRecords } from "../../orchestrator/sessions/left-behind.ts";
import { serverOf } from "../../orchestrator/store/embedded.ts";
import { temporaryFolder } from "../../tools/fake-tools.ts";
import { isRunning, startOf } from "../processes.ts";
import { database } from "./database.ts";
import { orchestrator } from "./orchestrator.ts";

test("a postmaster.pid that a crash left, with the number of another process by now, holds nothing up", async () => {
  const folder = { name: "one", path: await temporaryFolder() };
  const data = join(folder.path, "database/data");
  await mkdir(data, { recursive: true });
  await writeFile(join(data, "postmaster.pid"), `${process.pid}\n${data}\n1700000000\n`);
  await database.gone?.(folder);
  expect(serverOf(data)).toBeUndefined();

  // What works in the data is the server.
  const server = execa("sleep", ["100"], { cwd: data, reject: false });
  onTestFinished(() => void server.kill());
  await writeFile(join(data, "postmaster.pid"), `${server.pid}\n${data}\n1700000000\n`);
  await expect.poll(() => serverOf(data), { timeout: 30_000 }).toBe(server.pid);
});

test.runIf(process.platform === "linux")(
  "agents of an orchestrator that was killed end with the lab",
  async () => {
    const folder = { name: "one", path: await temporaryFolder() };
    const records = join(folder.path, "sessions/agents");
    const mark = "00000000-0000-4000-8000-000000000001";
    const agent = execa("sleep", ["100"], { detached: true, reject: false, env: { [AGENT_MARK]: mark } });
    onTestFinished(() => void agent.kill());
    const known = { pid: agent.pid ?? 0, startedAt: startOf(agent.pid ?? 0) ?? "" };
    await (await openAgentRecords(records)).add(mark, known.pid);
    const part = orchestrator(1);
    // Its orchestrator, this process, lives.
    await part.gone?.(folder);
    expect(isRunning(known)).toBe(true);
    const file = join(records, `${mark}.json`);
    const record = JSON.parse(await readFile(file, "utf8"));
    record.owner.startTicks = 1;
    await writeFile(file, JSON.stringify(record));
    await part.gone?.(folder);
    await expect.poll(() => isRunning(known), { timeout: 30_000 }).toBe(false);
  },
);
