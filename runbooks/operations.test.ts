import type { Nodes } from "mdast";
import { expect, test } from "vitest";
import type { Platform } from "../model/model.ts";
import { standardPages } from "../model/standard-pages.ts";
import { modelOf, problemsOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { alertPage } from "./alert-page.ts";
import { markdownOf } from "./markdown.ts";
import { operationPage } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import { secretsOf } from "./operations/secret-references.ts";
import { startOrder } from "./operations/steps.ts";
import { databasesOf } from "./operations/stores.ts";
import { subjectOf } from "./subject.ts";

const [platform] = modelOf([shop], policies).platforms as [Platform];
const procedures = operationsOf(platform).map(({ procedure }) => procedure);

function tree(name: string) {
  const procedure = procedures.find((p) => p.name === name);
  if (!procedure) throw new Error(`no procedure ${name}`);
  return operationPage(platform, procedure, procedures);
}
const text = (name: string) => markdownOf(tree(name));
const textOf = (node: Nodes): string =>
  "value" in node ? node.value : "children" in node ? node.children.map(textOf).join("") : "";

const SECTIONS = [
  "When",
  "Before you begin",
  "Steps",
  "See that it worked",
  "Take it back",
  "Who is told",
  "See also",
];

test("every platform has every page, and its own; each has the same sections in the same order", () => {
  expect(procedures.map(({ name }) => name)).toEqual([...standardPages, "change-prices"]);
  for (const { name } of procedures) {
    const headings = tree(name).children.filter((node) => node.type === "heading" && node.depth === 2);
    expect(headings.map(textOf)).toEqual(SECTIONS);
  }
});

test("the platform's own parts come first on the page of their name, what is derived follows (AH-6)", () => {
  const page = text("emergency-stop");
  const places = [
    "### Level 1: no new orders",
    "shopctl close",
    "### No new work from outside",
    "### Everything",
  ];
  expect(places.map((part) => page.indexOf(part)).every((at, i, all) => at > (all[i - 1] ?? 0))).toBe(true);
  expect(page).toContain('sum(rate(shop_orders_total{platform="shop"}[5m]))');
});

test("an alert leads to its procedures, and they lead back", () => {
  const alert = platform.alerts.find((a) => a.name === "api-down");
  if (!alert) throw new Error("the shop has api-down");
  expect(markdownOf(alertPage(platform, subjectOf(platform, alert)))).toContain(
    "[Emergency stop](operations/emergency-stop.md)",
  );
  expect(text("emergency-stop")).toContain("Alerts that lead here: [ApiDown](../api-down.md)");
});

test("services start after those that they call, and stop before them", () => {
  expect(startOrder(platform.services).map((s) => s.name)).toEqual(["store", "api"]);
  const page = text("start-and-stop");
  const stop = page.indexOf("### Stop everything");
  const start = page.indexOf("### Start everything");
  expect(page.indexOf("scale deployment/api --replicas=0", stop)).toBeLessThan(
    page.indexOf("scale deployment/store --replicas=0", stop),
  );
  expect(page.indexOf("scale deployment/store --replicas=", start)).toBeLessThan(
    page.indexOf("scale deployment/api --replicas=", start),
  );
});

test("each secret of services and receivers is listed with who reads it, and rotated without its value in an argument (CC-12)", () => {
  expect(secretsOf(platform)).toContainEqual({
    secret: "payment",
    key: "api-key",
    services: [{ service: "api", variable: "PAYMENT_KEY" }],
    receivers: [],
  });
  expect(secretsOf(platform).some(({ receivers }) => receivers.length > 0)).toBe(true);
  expect(text("secrets")).toContain("| `payment` | `api-key` | `api` | `PAYMENT_KEY` |");
  const page = text("rotate-secrets");
  expect(page).toContain("IFS= read -rs VALUE");
  expect(page).toContain("--patch-file=/dev/stdin");
  expect(page).not.toMatch(/--from-literal|--patch ['"]/);
});

test("a Secret that a service sees as files is read by it too, key by key", () => {
  const services = platform.services.map((service) =>
    service.name === "store"
      ? { ...service, files: { "/keys": { secret: "payment" }, "/tls": { secret: "store-tls" } } }
      : service,
  );
  const uses = secretsOf({ ...platform, services });
  const inStore = uses.filter((use) => use.services.some(({ service }) => service === "store"));
  expect(inStore.map(({ secret, key }) => `${secret}/${key}`)).toEqual(["payment/api-key", "store-tls/KEY"]);
});

test("an autoscaled service gets a larger maximum, a fixed one more replicas; volumes only grow", () => {
  const page = text("scale");
  expect(page).toContain(`patch hpa api --patch '{"spec":{"maxReplicas":7}}'`);
  expect(page).toMatch(/scale deployment\/store --replicas=\d+/);
  expect(page).toContain(
    `patch pvc receipts --patch '{"spec":{"resources":{"requests":{"storage":"8Gi"}}}}'`,
  );
});

test.each([
  ["postgres:17.2", "postgres"],
  ["registry.example:5000/library/postgres:17@sha256:abc", "postgres"],
  ["redis:7.4.1", "redis"],
  ["nats:2.11.8-alpine", "nats"],
  ["quay.io/prometheuscommunity/postgres-exporter:v0.16.0", undefined],
])("%s is told to be %s by its image", (image, kind) => {
  const [service] = platform.services;
  if (!service) throw new Error("the shop has services");
  expect(databasesOf([{ ...service, image }])[0]?.kind).toBe(kind);
});

test("a database of the platform's own is dumped and restored by its own tools (NX-8)", () => {
  const services = platform.services.map((s) => (s.name === "store" ? { ...s, image: "postgres:17.2" } : s));
  const page = operationsOf({ ...platform, services }).find(
    ({ procedure }) => procedure.name === "back-up-and-restore",
  );
  const titles = page?.procedure.parts.map((part) => part.title);
  expect(titles).toEqual(expect.arrayContaining(["Back up store", "Restore store", "Files of receipts"]));
});

test("an operation without steps whose name no page has is refused, and so is an alert that does not exist", () => {
  const operation = { title: "x", purpose: "x", when: "x" };
  const operations = { "made-up": operation, deploy: { ...operation, alerts: ["api-donw"] } };
  const problems = problemsOf([{ ...shop, parts: [...shop.parts, { operations }] }], policies);
  expect(problems).toContain(`schema/missing at operations.made-up: operation "made-up" has no steps`);
  expect(problems).toContain(`reference/unknown-alert at operations.deploy.alerts[0]`);
  expect(problems).toContain('did you mean "api-down"?');
});
