import { expect, onTestFinished, test } from "vitest";
import { compareExposed } from "../../checks/scrape/compare.ts";
import { readExposition } from "../../checks/scrape/exposition.ts";
import type { Platform, Service } from "../../model/model.ts";
import { loadProject } from "../../model/project.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { listAgents } from "../store/agents.ts";
import { storeOfTest } from "../store/temporary-store.ts";
import { countStatements } from "./database-metrics.ts";
import { createInstruments } from "./instruments.ts";

test("statements and connections are counted as declared, whoever asks the pool and how (PM-1)", async () => {
  const { model } = await loadProject(rootFolder);
  const { services, metrics } = model.platforms.find(({ name }) => name === "weathervane") as Platform;
  const misuses: string[] = [];
  const on = createInstruments(metrics, {
    service: "autopilot",
    onMisuse: (message) => misuses.push(message),
  });
  onTestFinished(() => on.shutdown());
  const store = await storeOfTest({ connections: 2 });
  countStatements(store.pool, { on: [on], pool: "tasks", most: 2 });
  await listAgents(store.pool, { limit: 10 });
  await store.transaction(async (db) => {
    await db.query("DELETE FROM agents WHERE id = 'nobody'");
  });
  await expect(store.pool.query("SELECT nothing FROM agents")).rejects.toThrow("nothing");
  await Promise.all([1, 2, 3, 4].map(() => store.pool.query("SELECT pg_sleep(0.06), count(*) FROM flags")));
  // Whoever gets no connection in time is counted, by whichever way it asked.
  store.pool.options.connectionTimeoutMillis = 50;
  const held = await Promise.all([store.pool.connect(), store.pool.connect()]);
  await expect(store.pool.query("SELECT 1")).rejects.toThrow("timeout");
  await expect(store.pool.connect()).rejects.toThrow("timeout");
  for (const client of held) client.release();

  const text = await on.exposition();
  const count = (start: string) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(start))
        ?.split(" ")
        .at(-1),
    );
  const statement = (operation: string, table: string, error = "") =>
    `db_client_operation_duration_seconds_count{db_system_name="postgresql",db_operation_name="${operation}",db_collection_name="${table}",error_type="${error}"}`;
  expect(count(statement("SELECT", "agents"))).toBe(1);
  expect(count(statement("DELETE", "agents"))).toBe(1);
  expect(count(statement("SELECT", "agents", "_OTHER"))).toBe(1);
  expect(count(statement("SELECT", "flags"))).toBe(4);
  expect(count("db_client_connection_timeouts_total")).toBe(2);
  expect(count("db_client_connection_max")).toBe(2);
  expect(count("db_client_connection_use_time_seconds_count")).toBeGreaterThanOrEqual(7);
  expect(misuses).toEqual([]);
  const service = services.find(({ name }) => name === "autopilot") as Service;
  const found = compareExposed(readExposition(text), { service, metrics });
  expect(
    found.filter(({ message }) => message.startsWith("db_client_")).map(({ rule }) => rule),
  ).not.toContain("scrape/wrong-labels");
});
