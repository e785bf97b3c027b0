import { readFileSync } from "node:fs";
import type { Root } from "mdast";
import { artifactOf, Kept } from "../model/kept.ts";
import { alertDashboardUrl } from "../model/links.ts";
import type { Alert, Artifact, Model, Origin, Platform } from "../model/model.ts";
import { packageFile } from "../package-root.ts";
import { alertPage } from "./alert-page.ts";
import { type Frame, htmlOf } from "./html.ts";
import { markdownOf } from "./markdown.ts";
import { serviceOf, sloOf } from "./of-alert.ts";
import { operationPage } from "./operation-page.ts";
import { operationsOf } from "./operations/index.ts";
import { overviewPage } from "./overview-page.ts";
import { platformPage } from "./platform-page.ts";
import { proceduresFor } from "./procedures-for.ts";
import { relatedAlerts } from "./related.ts";
import { serviceMap } from "./service-map.ts";

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
    ...page("index", () => overviewPage(model), {
      frame: { title: "Runbooks", top: ".", trail: [] },
      origin: first.origin,
    }),
    { path: `${FOLDER}/page.css`, content: styles, origin: first.origin },
    ...pages.flat(),
  ];
}

async function platformPages(platform: Platform): Promise<Artifact[]> {
  const all = { href: "../index.html", text: "Runbooks" };
  const here = { href: "index.html", text: platform.title };
  const map = await serviceMap(platform);
  const front = { title: `${platform.title} runbooks`, top: "..", trail: [all] };
  return [
    ...page(`${platform.name}/index`, () => platformPage(platform, map), {
      frame: front,
      origin: platform.origin,
    }),
    ...operationPages(platform, [
      { href: "../../index.html", text: "Runbooks" },
      { href: "../index.html", text: platform.title },
    ]),
    ...platform.alerts.flatMap((alert) =>
      alertPages.get({ owner: alert, name: platform.name, madeOf: () => behindPage(platform, alert) }, () => {
        const frame = { title: `${alert.alertname} (${alert.severity})`, top: "..", trail: [all, here] };
        const place = `${platform.name}/${alert.name}`;
        return page(place, () => alertPage(platform, alert), { frame, origin: alert.origin });
      }),
    ),
  ];
}

const alertPages = new Kept<Artifact[]>();

/** All that the page of an alert says beside the alert itself. */
function behindPage(platform: Platform, alert: Alert): unknown[] {
  const { title, team, repository, contacts, routing } = platform;
  return [
    ...[title, team, repository, contacts, routing],
    ...platform.environments,
    serviceOf(platform, alert),
    sloOf(platform, alert),
    ...platform.environments.map((environment) => alertDashboardUrl(environment, platform, alert)),
    ...relatedAlerts(platform, alert).flatMap(({ alert: other, why }) => [other, why]),
    ...proceduresFor(platform, alert).flatMap((procedure) => [procedure.name, procedure.title]),
  ];
}

function operationPages(platform: Platform, trail: Frame["trail"]): Artifact[] {
  const operations = operationsOf(platform);
  const procedures = operations.map(({ procedure }) => procedure);
  return operations.flatMap(({ procedure, origin }) => {
    const frame = { title: `${platform.title}: ${procedure.title}`, top: "../..", trail };
    const tree = () => operationPage(platform, procedure, procedures);
    return page(`${platform.name}/operations/${procedure.name}`, tree, { frame, origin });
  });
}

/** One tree, written twice. */
function page(
  path: string,
  make: () => Root,
  { frame, origin }: { frame: Frame; origin: Origin },
): Artifact[] {
  const tree = forTwo(make);
  return [
    artifactOf({ path: `${FOLDER}/${path}.md`, origin }, () => markdownOf(tree())),
    artifactOf({ path: `${FOLDER}/${path}.html`, origin }, () => htmlOf(tree(), frame)),
  ];
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
