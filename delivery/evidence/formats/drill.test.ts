// What a drill really says is evidence: the one that `fairlead lab drill` runs, on a field that is a small server.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runDrill } from "../../../lab/drill/run-drill.ts";
import { printableJson } from "../../../problems/printable.ts";
import { modelOf } from "../../../tests/model-of.ts";
import { policies, shop } from "../../../tests/shop.ts";
import { drill } from "../fixtures/reports.ts";
import { readDrill } from "./drill.ts";

type Field = Parameters<typeof runDrill>[0];
type Fault = Parameters<typeof runDrill>[1]["faults"][number];

/** Prometheus and the receivers of a lab in which an alert fires as long as its fault lasts. */
async function labWith(alert: string) {
  let isBroken = false;
  const told: object[] = [];
  const becomes = (broken: boolean) => {
    isBroken = broken;
    const event_action = broken ? "trigger" : "resolve";
    told.push({ at: Date.now(), to: "pagerduty", message: { event_action, payload: { class: alert } } });
  };
  const server = createServer(({ url = "" }, response) => {
    const result = isBroken ? [{ metric: { alertname: alert }, value: [0, "1"] }] : [];
    response.setHeader("content-type", "application/json");
    const vector = { status: "success", data: { resultType: "vector", result } };
    response.end(JSON.stringify(url.startsWith("/told") ? told : vector));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const parts = { prometheus: { addresses: { url } }, receivers: { addresses: { url } } };
  const state = { version: 1, name: "shop", platform: "shop", replicas: 1, parts };
  const runs = async () => ["run"];
  const field = {
    state: () => state,
    replicas: () => [1],
    reset: async () => undefined,
    start: runs,
    offer: runs,
  } as unknown as Field;
  const fault = {
    ...{ name: "api-down", title: "The API is gone", platform: "shop", replicas: 1 },
    ...{ fires: [{ alert }], mayFire: [], needsPerson: false },
    inject: async () => becomes(true),
    heal: async () => becomes(false),
    isHealthy: async () => true,
  } as unknown as Fault;
  return { field, fault };
}

test("the result of a drill is read as it is written: what was told, recovered, and false", async () => {
  const { field, fault } = await labWith("ApiDown");
  const [platform] = modelOf([shop], policies).platforms;
  if (!platform) throw new Error("the shop is no platform");
  const { signal } = new AbortController();
  const request = { platform, faults: [fault], times: 2, quietMinutes: 0 };
  const result = await runDrill(field, request, { signal, onStep: () => undefined });
  const { at, values } = readDrill(printableJson(result));
  expect(Date.parse(at ?? "")).toBeGreaterThanOrEqual(Date.parse(result.startedAt));
  expect(values).toMatchObject({
    notification: { samples: 2 },
    recovery: { samples: 2 },
    missed: { value: 0, samples: 2 },
    "false-alarms": { value: 0, samples: 2 },
  });
});

test("a fault that nobody must hear of is no notification, one that is told in part is missed, quiet alerts are false", async () => {
  const [first, second] = drill.injections;
  if (!first || !second) throw new Error("there are two");
  const silent = { ...second, alerts: [], recoveredAfter: 2 };
  const quiet = { ...drill.quiet, minutes: 1, alerts: ["QueueDeep"] };
  const { values } = readDrill(printableJson({ ...drill, quiet, injections: [first, silent] }));
  expect(values).toEqual({
    notification: { value: 4, samples: 1 },
    recovery: { value: 8, samples: 2 },
    missed: { value: 0, samples: 1 },
    "false-alarms": { value: 2, samples: 2 },
  });
  const alerts = first.alerts.map((one, index) => (index === 0 ? { ...one, notifiedAfter: null } : one));
  const inPart = readDrill(printableJson({ ...drill, injections: [{ ...first, alerts }] }));
  expect(inPart.values).toMatchObject({ missed: { value: 1, samples: 1 } });
  expect(inPart.values).not.toHaveProperty("notification");
  const onlySilent = readDrill(printableJson({ ...drill, injections: [silent] }));
  expect(Object.keys(onlySilent.values)).toEqual(["recovery", "false-alarms"]);
});
