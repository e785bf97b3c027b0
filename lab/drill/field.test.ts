// How faults act on a lab, seen by a server that stands for all of it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../tools/fake-tools.ts";
import { issuerOf } from "../parts/orchestrator.ts";
import { startOf } from "../processes.ts";
import { writeState } from "../state.ts";
import { faults } from "./faults/index.ts";
import { killed } from "./faults/weathervane.ts";
import { type Field, openField } from "./field.ts";

/** What was asked for, and the field of a lab all of whose parts are one server. */
async function fieldOf(
  answer: (asked: string, body: string) => { status: number; body?: unknown },
): Promise<{ field: Field; asked: string[]; open: () => Promise<Field> }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    asked.push(line);
    const { status, body = {} } = answer(line, await text(request));
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = { name: "made-up", path: await temporaryFolder() };
  await issuerOf(folder);
  const part = { process: { pid: process.pid, startedAt: "another boot/1" }, addresses: { url } };
  const parts = { "orchestrator-1": part, anthropic: part, openai: part };
  const about = { version: 1, name: "made-up", platform: "weathervane", project: "/", replicas: 1 } as const;
  writeState(folder, { ...about, createdAt: new Date().toISOString(), parts });
  const open = () => openField(folder, async () => undefined);
  const field = await open();
  return { field, asked, open };
}

test("runs of a fault must all be accepted; traffic may be refused", async () => {
  let accepted = 0;
  const { field } = await fieldOf((line) =>
    line === "POST /v1/runs" && ++accepted > 2
      ? { status: 503 }
      : { status: 202, body: { id: `run-${accepted}`, state: "succeeded" } },
  );
  await expect(field.start("drill-model", { runs: 5 })).rejects.toThrow(
    "2 of 5 runs of drill-model were accepted",
  );
  expect(await field.offer("drill-model")).toEqual([]);
  expect(await field.succeeded([])).toBe(false);
  expect(await field.succeeded(["run-1"])).toBe(true);
});

test("who opens the field does not end what another command did to a provider; a drill begins with `reset`", async () => {
  const { field, asked, open } = await fieldOf(() => ({ status: 200 }));
  await open();
  expect(asked.filter((line) => line.startsWith("PUT"))).toEqual([]);
  await field.reset();
  expect(asked.filter((line) => line.startsWith("PUT"))).toEqual(["PUT /script", "PUT /script"]);
});

test.each(["stuck-agent", "memory-leak"])(
  "%s is ended by another process than that which did it",
  async (name) => {
    let sessions = [{ name: "drill-1" }, { name: "somebody's" }];
    const { field, asked } = await fieldOf((line) => {
      if (line === "GET /api/sessions") return { status: 200, body: { items: sessions } };
      sessions = sessions.filter((one) => line !== `DELETE /api/sessions/${one.name}`);
      return { status: 202, body: {} };
    });
    await faults.find((fault) => fault.name === name)?.heal(field);
    expect(asked.filter((line) => line.startsWith("DELETE"))).toEqual(["DELETE /api/sessions/drill-1"]);
  },
);

test("a part that is gone already is not killed, and the fault says so", async () => {
  const { field } = await fieldOf(() => ({ status: 200 }));
  await expect(killed(field, "orchestrator-1")).rejects.toThrow("orchestrator-1 was not there to be killed");
  expect(startOf(process.pid)).toBeDefined();
});
