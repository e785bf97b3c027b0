import { posix } from "node:path";
import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { beforeAll, expect, test } from "vitest";
import { runbookUrl } from "../model/links.ts";
import type { Artifact } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { toldInSteps } from "../tests/told-in-steps.ts";
import { runbooks } from "./index.ts";

const model = modelOf([shop, { ...shop, name: "books", title: "Books" }], policies);
let artifacts: Artifact[] = [];
beforeAll(async () => {
  artifacts = await runbooks(model);
});

const of = (extension: string) => artifacts.filter((a) => a.path.endsWith(extension));
const read = (path: string) => artifacts.find((a) => a.path === path)?.content ?? "";
const parse = (markdown: string): Root =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
const all = (node: Nodes): Nodes[] => [node, ...("children" in node ? node.children.flatMap(all) : [])];
const textOf = (node: Nodes): string =>
  "value" in node ? node.value : "children" in node ? node.children.map(textOf).join("") : "";

test("every runbook link of every alert in every environment leads to a page", () => {
  for (const platform of model.platforms) {
    for (const environment of platform.environments) {
      for (const alert of platform.alerts) {
        const path = runbookUrl(environment, platform.name, alert.name).slice(
          environment.links.runbooks.length,
        );
        expect(artifacts.map((a) => a.path)).toContain(`generated/runbooks${path}`);
      }
    }
  }
});

test("every relative link in Markdown leads to a page that exists", () => {
  const paths = new Set(artifacts.map((a) => a.path));
  const links = of(".md").flatMap((page) =>
    all(parse(page.content)).flatMap((node) =>
      node.type === "link" ? [{ page: page.path, url: node.url }] : [],
    ),
  );
  const relative = links.filter(({ url }) => !/^[a-z]+:/.test(url));
  expect(relative.length).toBeGreaterThan(100);
  const broken = relative.filter(({ page, url }) => !paths.has(posix.join(posix.dirname(page), url)));
  expect(broken).toEqual([]);
});

test("every relative link in HTML leads to a page or a heading that exists", () => {
  const paths = new Set(artifacts.map((a) => a.path));
  const links = of(".html").flatMap((page) =>
    [...page.content.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => ({ page, url: match[1] ?? "" })),
  );
  const relative = links.filter(({ url }) => !/^[a-z]+:/.test(url));
  expect(relative.length).toBeGreaterThan(100);
  const broken = relative.filter(({ page, url }) =>
    url.startsWith("#")
      ? !page.content.includes(`id="${url.slice(1)}"`)
      : !paths.has(posix.join(posix.dirname(page.path), url)),
  );
  expect(broken.map(({ page, url }) => [page.path, url])).toEqual([]);
  expect(relative.filter(({ url }) => url.endsWith(".md"))).toEqual([]);
});

const SECTIONS = [
  "First: which environment?",
  "Meaning",
  "Impact",
  "Diagnosis",
  "Mitigation",
  "Rollback",
  "Escalation",
  "Related alerts",
  "Where it is defined",
];

test("every alert's page has the same sections in the same order, in Markdown and in HTML", () => {
  for (const platform of model.platforms) {
    for (const alert of platform.alerts) {
      const path = `generated/runbooks/${platform.name}/${alert.name}`;
      const headings = parse(read(`${path}.md`)).children.filter((node) => node.type === "heading");
      expect(headings.map(textOf)).toEqual([`${alert.alertname} ${alert.severity}`, ...SECTIONS]);
      const inHtml = [...read(`${path}.html`).matchAll(/<h2 id="[a-z-]+">([^<]*)<\/h2>/g)].map(
        (match) => match[1],
      );
      expect(inHtml).toEqual(SECTIONS);
    }
  }
});

test("HTML needs no script and nothing from elsewhere, and says its language", () => {
  for (const { content } of of(".html")) {
    expect(content).toMatch(/^<!doctype html><html lang="en">/);
    expect(content).not.toMatch(/<script|<img|<iframe|@import| on[a-z]+="|src=|javascript:/);
    expect([...content.matchAll(/<link[^>]*>/g)].map((match) => match[0])).toEqual([
      expect.stringMatching(/^<link rel="stylesheet" href="(\.|\.\.|\.\.\/\.\.)\/page\.css">$/),
    ]);
  }
  expect(read("generated/runbooks/page.css")).not.toMatch(/@import|url\(/);
});

test("$NAMESPACE stands in code only, where a shell fills it in", () => {
  const outside = of(".md").flatMap((page) =>
    all(parse(page.content)).filter((node) => node.type === "text" && node.value.includes("$NAMESPACE")),
  );
  expect(outside).toEqual([]);
});

test("pages are the same each time, in whatever order platforms are drawn", async () => {
  expect(await runbooks(model)).toEqual(artifacts);
  const backwards = await runbooks({ ...model, platforms: [...model.platforms].reverse() });
  expect(backwards.find((a) => a.path === "generated/runbooks/shop/index.html")?.content).toBe(
    read("generated/runbooks/shop/index.html"),
  );
});

test("a model without platforms has no runbooks", async () => {
  expect(await runbooks({ platforms: [], requirements: [] })).toEqual([]);
});

test("a page says who is told in each environment, production first", () => {
  const page = read("generated/runbooks/shop/api-down.md");
  expect(page).toContain(
    "  - prod: PagerDuty `pager`, Slack `#shop-alerts`\n  - local: webhook `http://127.0.0.1:9095/pager`",
  );
  expect(read("generated/runbooks/shop/queue-deep.md")).toContain("  - prod: Slack `#shop-alerts`\n");
  expect(read("generated/runbooks/shop/watchdog.md")).toContain("  - prod: webhook `heartbeat`\n");
});

test("a page says who else is told while nobody silences it, and how to silence it from a terminal", async () => {
  const pages = await runbooks(modelOf([toldInSteps], policies));
  const page = (name: string) => pages.find(({ path }) => path.endsWith(`/${name}.md`))?.content ?? "";
  const step = "If it still fires `15m` after it began and nobody has silenced it, these are told too:";
  expect(page("api-down")).toContain(`${step}\n\n- prod: webhook \`http://127.0.0.1:9095/second\`\n`);
  expect(page("queue-deep")).not.toContain(step);
  expect(page("queue-deep")).toContain(
    'amtool silence add --alertmanager.url=https://alertmanager.shop.example --duration=1h --comment="on it" alertname=QueueDeep environment=prod platform=shop\n',
  );
  expect(page("watchdog")).not.toContain("amtool");
});

test("the Watchdog's page offers no silence: it would silence the alarm that alerting is broken", () => {
  const filter = encodeURIComponent('{alertname="ApiDown",environment="prod",platform="shop"}');
  expect(read("generated/runbooks/shop/api-down.md")).toContain(`/#/silences/new?filter=${filter}`);
  expect(read("generated/runbooks/shop/watchdog.md")).not.toContain("silences");
});

test("a burn-rate page says how long it takes to fire: factor × budget × long window ÷ error ratio", () => {
  const page = read("generated/runbooks/shop/order-success-page-quick.md");
  expect(page).toContain(
    "| **page-quick** | **critical** | **5m and 1h** | **14.4** | **1.44%** | **2%** | **after 52 s** | **after 8 min 38 s** | **never** |",
  );
  expect(page).toContain(
    "| ticket-slow | warning | 6h and 3d | 1 | 0.1% | 10% | after 4 min 19 s | after 43 min 12 s | after 7 h 12 min |",
  );
  expect(page).toContain("have burnt 2% of that budget");
});

test("without a rollback of its own, a page says how to undo a release of the service", async () => {
  const [platform] = model.platforms;
  const [alert] = platform?.alerts.filter((a) => a.source === "catalog") ?? [];
  if (!platform || !alert) throw new Error("the shop has alerts");
  const bare = { ...alert, runbook: { ...alert.runbook, rollback: [] } };
  const pages = await runbooks({ ...model, platforms: [{ ...platform, alerts: [bare] }] });
  const page = pages.find((a) => a.path.endsWith(`/${alert.name}.md`))?.content;
  expect(page).toContain(`kubectl -n $NAMESPACE rollout undo deployment/${alert.service}`);
  expect(page).toContain("Then set the old image in the catalog and deploy");
});
