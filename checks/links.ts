import { posix } from "node:path";
import { parse } from "yaml";
import type { Environment, Platform } from "../model/model.ts";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { decoded } from "./html-text.ts";
import { LinkTargets } from "./link-targets.ts";

/** Every link to a runbook or a dashboard leads to one that was generated; somebody at three in the morning follows it. */
export const links: Check = {
  name: "links",
  title: "Links of alerts, dashboards and runbooks",
  needs: [],
  async run(context) {
    const { artifacts } = context;
    const targets = new LinkTargets(artifacts);
    const rules = filesOf("rules", artifacts);
    const dashboards = filesOf("dashboards", artifacts);
    const pages = filesOf("runbooks", artifacts).filter((file) => file.path.endsWith(".html"));
    const problems = [
      ...rules.flatMap((file) => inFile(context, file, ruleLinks(context, file, targets))),
      ...dashboards.flatMap((file) => inFile(context, file, dashboardLinks(context, file, targets))),
      ...pages.flatMap((file) => inFile(context, file, pageLinks(context, file, targets))),
    ];
    return { problems, files: rules.length + dashboards.length + pages.length };
  },
};

function inFile({ locate }: CheckContext, file: GeneratedFile, messages: string[]): Problem[] {
  return [...new Set(messages)].map((message) =>
    problemIn(file, { rule: "check/broken-link", message }, locate),
  );
}

function environmentOf(
  { model }: CheckContext,
  { platform, environment }: GeneratedFile,
): Environment | undefined {
  return model.platforms.find((p) => p.name === platform)?.environments.find((e) => e.name === environment);
}

interface RuleFile {
  groups?: { rules?: { alert?: string; annotations?: Record<string, string> }[] }[];
}

function ruleLinks(context: CheckContext, file: GeneratedFile, targets: LinkTargets): string[] {
  const environment = environmentOf(context, file);
  if (!environment) return [`${file.path} belongs to no environment of the catalog`];
  const { runbooks, grafana, alertmanager } = environment.links;
  const alerts = ((parse(file.content) as RuleFile).groups ?? [])
    .flatMap((g) => g.rules ?? [])
    .filter((r) => r.alert);
  const wanted = { runbook_url: [`${runbooks}/`], dashboard_url: [`${grafana}/d/`, alertmanager] };
  return alerts.flatMap(({ alert, annotations = {} }) =>
    Object.entries(wanted).flatMap(([name, bases]) => {
      const url = annotations[name];
      if (!url) return [`alert ${alert} has no ${name}`];
      if (!bases.some((base) => url.startsWith(base))) {
        return [`${name} of alert ${alert} is ${url}, which does not begin with ${bases.join(" or ")}`];
      }
      const wrong = targets.inEnvironment(url, file.platform, environment);
      return wrong === undefined ? [] : [`${name} of alert ${alert}: ${wrong}`];
    }),
  );
}

function dashboardLinks(context: CheckContext, file: GeneratedFile, targets: LinkTargets): string[] {
  const environment = environmentOf(context, file);
  if (!environment) return [`${file.path} belongs to no environment of the catalog`];
  return texts(JSON.parse(file.content)).flatMap((text) =>
    (text.match(/https?:\/\/[^\s"'<>()]+/g) ?? []).flatMap(
      (url) => targets.inEnvironment(url, file.platform, environment) ?? [],
    ),
  );
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
}

// The Markdown pages are written from the same tree as the HTML ones.
function pageLinks({ model }: CheckContext, file: GeneratedFile, targets: LinkTargets): string[] {
  const here = posix.relative("generated/runbooks", file.path);
  return hrefs(file.content).flatMap((href) => {
    if (href.startsWith("#")) return targets.page(`${here}${href}`, href) ?? [];
    if (!/^[a-z][a-z0-9+.-]*:/i.test(href))
      return targets.page(posix.join(posix.dirname(here), href), href) ?? [];
    const wrong = model.platforms.flatMap(({ name, environments }) =>
      environments
        .filter((e) => isUnder(href, e))
        .map((environment) => targets.inEnvironment(href, name, environment)),
    );
    if (wrong.length === 0 && !isOurs(href, model.platforms))
      return `${href} begins with no base URL of an environment, and is neither the repository nor a contact`;
    // Environments and platforms may share a base URL: a link is good if it leads somewhere in one of them.
    return wrong.includes(undefined) ? [] : (wrong[0] ?? []);
  });
}

function isUnder(url: string, { links: { runbooks, grafana } }: Environment): boolean {
  return url.startsWith(`${runbooks}/`) || url.startsWith(`${grafana}/d/`);
}

/** Whether an address is one that the catalog gives: a base URL, the repository, a contact. */
function isOurs(href: string, platforms: readonly Platform[]): boolean {
  if (/^(mailto|tel):/.test(href)) return true;
  const bases = platforms.flatMap(({ environments, repository }) => [
    repository,
    ...environments.flatMap(({ links: to }) => [to.runbooks, to.grafana, to.prometheus, to.alertmanager]),
  ]);
  const isBelow = (base: string) =>
    href === base || ["/", "?", "#"].some((next) => href.startsWith(base + next));
  return bases.some(isBelow) || platforms.some(({ contacts }) => contacts.some(({ how }) => how === href));
}

// In text "<" is written "&#x3C;", so that what looks like a tag is one.
function hrefs(html: string): string[] {
  return [...html.matchAll(/<(?:a|link)\b[^>]*?\shref="([^"]*)"/g)].map(([, href = ""]) => decoded(href));
}
