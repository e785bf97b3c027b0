import { readFileSync } from "node:fs";
import type { Code, Root } from "mdast";
import { onceForAlike, type Text } from "../model/alike.ts";
import { artifactOf, Kept } from "../model/kept.ts";
import type { Artifact, Model, Origin, Platform } from "../model/model.ts";
import { packageFile } from "../package-root.ts";
import { alertPage } from "./alert-page.ts";
import { type Frame, htmlOf } from "./html.ts";
import { listedAlerts, listedSlos } from "./listed.ts";
import { markdownOf } from "./markdown.ts";
import { operationPage } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import { overviewPage } from "./overview-page.ts";
import { platformPage } from "./platform-page.ts";
import { grouped } from "./related.ts";
import { serviceMap } from "./service-map.ts";
import { type Subject, shownOf, subjectOf } from "./subject.ts";

const FOLDER = "generated/runbooks";
const styles = readFileSync(packageFile("runbooks/page.css"), "utf8");

/**
 * The runbooks: a page for each alert, a front page for each platform and one for all, as Markdown and as HTML that needs
 * nothing but its style sheet. Asynchronous, because Graphviz, which places the service maps, is loaded on first use.
 */
export async function runbooks(model: Model): Promise<Artifact[]> {
  const [first] = model.platforms;
  if (!first) return [];
  const pages = await Promise.all(model.platforms.map(platformPages));
  return [
    ...page(
      "index",
      pageTexts(() => overviewPage(model), { title: "Runbooks", top: ".", trail: [] }),
      first.origin,
    ),
    { path: `${FOLDER}/page.css`, content: styles, origin: first.origin },
    ...pages.flat(),
  ];
}

async function platformPages(platform: Platform): Promise<Artifact[]> {
  const all = { href: "../index.html", text: "Runbooks" };
  const here = { href: "index.html", text: platform.title };
  const { name, title, origin, services, volumes } = platform;
  const map = await maps.get({ owner: origin, name: title, madeOf: () => [services, volumes] }, () =>
    serviceMap(platform),
  );
  const front = { title: `${title} runbooks`, top: "..", trail: [all] };
  return [
    ...keptPages.get({ owner: origin, name, madeOf: () => [map, ...behindFront(platform)] }, () =>
      page(
        `${name}/index`,
        pageTexts(() => platformPage(platform, map), front),
        origin,
      ),
    ),
    ...operationPages(platform, [
      { href: "../../index.html", text: "Runbooks" },
      { href: "../index.html", text: platform.title },
    ]),
    ...alertPages(platform, [all, here]),
  ];
}

const maps = new Kept<Promise<Code>>();

/** All that a platform's front page says beside its map. */
function behindFront(platform: Platform): unknown[] {
  const { description, team, contacts, environments, dashboards, services, events } = platform;
  return [
    ...[platform.title, description, team, contacts, services, events],
    ...[listedAlerts(platform), listedSlos(platform), operationsOf(platform)],
    ...environments,
    ...dashboards.flatMap(({ name, uid, title, description }) => [name, uid, title, description]),
  ];
}

/** The pages of each SLO's alerts, and of each alert that stands alone. */
function alertPages(platform: Platform, trail: Frame["trail"]): Artifact[] {
  const textsOf = onceForAlike<Subject[]>((subjects) =>
    subjects.flatMap((subject) => {
      const { alertname, severity } = subject.alert;
      const frame = { title: `${alertname} (${severity})`, top: "..", trail };
      return pageTexts(() => alertPage(platform, subject), frame);
    }),
  );
  const bySlo = grouped(platform.alerts, ({ name, slo }) => slo ?? name);
  return [...bySlo.values()].flatMap((alerts) => {
    const subjects = alerts.map((alert) => subjectOf(platform, alert));
    const [first] = subjects;
    if (!first) return [];
    const { slo = first.alert, service = slo } = first;
    return keptPages.get(
      { owner: slo, name: platform.name, madeOf: () => behindPages(platform, subjects) },
      () => {
        const names = [slo.name, service.name];
        const texts = textsOf({ subject: subjects, bare: () => subjects.map(shownOf), names });
        return subjects.flatMap(({ alert }, i) =>
          page(`${platform.name}/${alert.name}`, texts.slice(2 * i), alert.origin),
        );
      },
    );
  });
}

const keptPages = new Kept<Artifact[]>();

/** All that the pages of alerts say. */
function behindPages(platform: Platform, subjects: readonly Subject[]): unknown[] {
  const { title, team, repository, contacts, routing, environments } = platform;
  return [
    ...[title, team, repository, contacts, routing],
    ...environments,
    ...subjects.flatMap(({ alert, slo, service, dashboard, related, procedures }) => [
      ...[alert, slo, service, dashboard?.uid, dashboard?.name],
      related,
      ...procedures.flatMap((procedure) => [procedure.name, procedure.title]),
    ]),
  ];
}

function operationPages(platform: Platform, trail: Frame["trail"]): Artifact[] {
  const operations = operationsOf(platform);
  const procedures = operations.map(({ procedure }) => procedure);
  const others = procedures.flatMap(({ name, title, purpose }) => [name, title, purpose]);
  return operations.flatMap(({ procedure, origin }) => {
    const frame = { title: `${platform.title}: ${procedure.title}`, top: "../..", trail };
    const tree = () => operationPage(platform, procedure, procedures);
    const path = `${platform.name}/operations/${procedure.name}`;
    const madeOf = () => [platform.title, platform.contacts, ...platform.environments, ...others, origin];
    return keptPages.get({ owner: procedure, name: platform.name, madeOf }, () =>
      page(path, pageTexts(tree, frame), origin),
    );
  });
}

/** A page's two forms. */
function page(path: string, [markdown, html]: readonly Text[], origin: Origin): Artifact[] {
  return [
    artifactOf({ path: `${FOLDER}/${path}.md`, origin }, () => markdown?.() ?? ""),
    artifactOf({ path: `${FOLDER}/${path}.html`, origin }, () => html?.() ?? ""),
  ];
}

/** One tree, written as Markdown and as HTML. */
function pageTexts(make: () => Root, frame: Frame): Text[] {
  const tree = forTwo(make);
  return [() => markdownOf(tree()), () => htmlOf(tree(), frame)];
}

/** Made for the first who asks, and let go with the second: whoever reads one form of a page reads the other next. */
function forTwo<V>(make: () => V): () => V {
  let made: { value: V } | undefined;
  return () => {
    const known = made;
    const { value } = known ?? { value: make() };
    made = known ? undefined : { value };
    return value;
  };
}
