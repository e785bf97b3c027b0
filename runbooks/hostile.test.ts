// Whatever the catalog's texts hold, they stay text: a page has the structure that it has with harmless words.
import fc from "fast-check";
import type { Code, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { beforeAll, expect, test } from "vitest";
import { line, prose } from "../catalog/text.ts";
import type { Alert, Event, Platform } from "../model/model.ts";
import { howMany } from "../tests/how-many.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { alertPage } from "./alert-page.ts";
import { htmlOf } from "./html.ts";
import { markdownOf } from "./markdown.ts";
import { operationPage } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import { overviewPage } from "./overview-page.ts";
import { platformPage } from "./platform-page.ts";
import { serviceMap } from "./service-map.ts";
import { stepList } from "./steps.ts";
import { subjectOf } from "./subject.ts";
import { list, paragraph, table, title, words } from "./tree.ts";

const FRAGMENTS = [
  ..."#*_`~|<>[]()!&\\:-+=.1^$%{}'\"@/ \n",
  ..."\n\n, # , \n- , \n1. , ```, ~~~, <script>, </code></pre>, <!--, ]]>, <?, [a](https://x.example), ![a](b), ]: x, [^1], [ ] ".split(
    ", ",
  ),
  ..."https://evil.example, www.evil.example, mail@evil.example, javascript:, &lt;, &#x3c;, {{ $labels.queue }}, ${, $NAMESPACE, \n===, \n---, \n| - |, \\\n, <a href=, **, __, ~~, \n    , \n> ".split(
    ", ",
  ),
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: "grapheme", maxLength: 4 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(""))
  .filter((value) => value.trim() !== "");
// What the catalog lets through.
const lines = text.filter((value) => line.safeParse(value).success);
const proses = text.filter((value) => prose.safeParse(value).success);
// Told to be an address, a contact becomes a link, and is meant to.
const isAddress = (value: string) => /^(https?:|\S+@\S+$|[+\d])/.test(value);

interface Texts {
  line: string;
  prose: string;
  query: string;
}

const HARMLESS: Texts = { line: "word", prose: "word", query: "word" };
const texts: fc.Arbitrary<Texts> = fc.record({ line: lines, prose: proses, query: proses });

const [platform] = modelOf([shop], policies).platforms as [Platform];

/** The platform with every text of its catalog replaced, and two alerts. */
function worded(texts: Texts): Platform {
  const alert = (from: Alert): Alert => ({
    ...from,
    summary: texts.line,
    description: texts.prose,
    expr: texts.query,
    runbook: {
      meaning: texts.prose,
      impact: texts.prose,
      diagnosis: [
        { do: texts.line, query: texts.query, command: texts.prose, good: texts.line, bad: texts.line },
      ],
      mitigation: [{ do: texts.line, command: texts.prose }],
      rollback: [{ do: texts.line }],
      escalation: texts.prose,
    },
  });
  const named = { title: texts.line, description: texts.prose };
  return {
    ...platform,
    ...named,
    contacts: [{ role: texts.line, how: isAddress(texts.line) ? "word" : texts.line }],
    operations: platform.operations.map((operation) => ({
      ...operation,
      title: texts.line,
      purpose: texts.prose,
      when: texts.prose,
      tell: texts.prose,
      parts: operation.parts.map((part) => ({
        title: texts.line,
        text: texts.prose,
        steps: part.steps.map(() => ({ do: texts.line, query: texts.query, command: texts.prose })),
      })),
    })),
    services: platform.services.map((service) => ({ ...service, ...named })),
    volumes: platform.volumes.map((volume) => ({ ...volume, title: texts.line })),
    slos: platform.slos.map((slo) => ({ ...slo, ...named })),
    environments: platform.environments.slice(0, 1),
    alerts: platform.alerts
      .filter((a) => ["queue-deep", "order-success-page-quick"].includes(a.name))
      .map(alert),
    dashboards: platform.dashboards.map((dashboard) => ({ ...dashboard, ...named })),
    events: platform.events.map(
      (event): Event => ({
        ...event,
        message: texts.line,
        fields: { field: { type: "string", description: texts.line } },
      }),
    ),
  };
}

async function trees(platform: Platform): Promise<Root[]> {
  return [
    ...platform.alerts.map((alert) => alertPage(platform, subjectOf(platform, alert))),
    platformPage(platform, await serviceMap(platform)),
    overviewPage({ platforms: [platform], requirements: [] }),
    ...["emergency-stop", "change-prices", "start-and-stop"].map((name) => {
      const procedures = operationsOf(platform).map(({ procedure }) => procedure);
      const procedure = procedures.find((p) => p.name === name);
      if (!procedure) throw new Error(`no procedure ${name}`);
      return operationPage(platform, procedure, procedures.slice(0, 2));
    }),
  ];
}

const parse = (markdown: string): Root =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

// GFM links an address that stands in a text, escaped or not: harmless, for it shows where it leads.
const isBareAddress = (node: Nodes) =>
  node.type === "link" &&
  [textOf(node), `http://${textOf(node)}`, `mailto:${textOf(node)}`].includes(node.url);
const isText = (node: Nodes) => node.type === "text" || node.type === "inlineCode" || isBareAddress(node);

/** Types of all nodes but words and code inside a line; paragraphs that follow each other count as one. */
function shape(node: Nodes): unknown {
  if (!("children" in node)) return node.type;
  const children = (node.children as Nodes[]).filter((child) => !isText(child));
  const shapes = children
    .map(shape)
    .filter((s, i, every) => s !== "paragraph" || every[i - 1] !== "paragraph");
  return shapes.length === 0 ? node.type : [node.type, ...shapes];
}

const tags = (html: string) =>
  [...html.matchAll(/<(\/?[a-zA-Z!][a-z0-9]*)[^>]*>/g)]
    .map((match) => match[1])
    .filter(
      (tag, i, every) => !["code", "/code"].includes(tag ?? "") && !(tag === "p" && every[i - 1] === "/p"),
    )
    .filter((tag, i, every) => !(tag === "/p" && every[i - 1] === "/p"));
const codes = (node: Nodes): Code[] =>
  node.type === "code" ? [node] : "children" in node ? node.children.flatMap(codes) : [];
const textOf = (node: Nodes): string =>
  "value" in node ? node.value : "children" in node ? node.children.map(textOf).join("") : "";
const frame = { title: "page", top: "..", trail: [{ href: "index.html", text: "index" }] };

let harmless: Root[] = [];
beforeAll(async () => {
  harmless = await trees(worded(HARMLESS));
});

test("no text makes a heading, a link that hides where it leads, a table, a list, a tag or a script", async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (texts) => {
      const pages = await trees(worded(texts));
      pages.forEach((page, i) => {
        const same = harmless[i] as Root;
        expect(shape(parse(markdownOf(page)))).toEqual(shape(parse(markdownOf(same))));
        expect(tags(htmlOf(page, frame))).toEqual(tags(htmlOf(same, frame)));
      });
    }),
    { numRuns: 40 },
  );
});

test("queries and commands are read back letter by letter, whatever backticks they hold", () => {
  fc.assert(
    fc.property(proses, proses, (query, command) => {
      const page: Root = { type: "root", children: [stepList(platform, [{ do: "Look.", query, command }])] };
      expect(codes(parse(markdownOf(page))).map((code) => code.value)).toEqual([query, command]);
    }),
    { numRuns: howMany(300, 5000) },
  );
});

test("a line is read back word by word, in a paragraph, a heading, a list and a table", () => {
  fc.assert(
    fc.property(lines, (line) => {
      const [alone, between] = [words(line), ["before ", ...words(line), " after"]];
      const page: Root = {
        type: "root",
        children: [
          title(...alone),
          paragraph(...alone),
          list([alone, between]),
          table(["Head"], [[alone], [between]]),
        ],
      };
      const text = alone.map(textOf).join("");
      const around = `before ${text} after`;
      const read = parse(markdownOf(page)).children.slice(0, 4).map(textOf);
      expect(read).toEqual([text, text, text + around, `Head${text}${around}`]);
    }),
    { numRuns: howMany(300, 5000) },
  );
});
