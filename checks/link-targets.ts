import type { Artifact, Environment } from "../model/model.ts";
import { filesOf } from "./generated-files.ts";

/** Answers what is wrong with a link, or nothing. */
export class LinkTargets {
  readonly #pages: ReadonlyMap<string, string>;
  readonly #panels = new Map<string, Set<number>>();

  constructor(artifacts: readonly Artifact[]) {
    this.#pages = new Map(
      artifacts.filter((a) => a.path.startsWith("generated/runbooks/")).map((a) => [a.path, a.content]),
    );
    for (const file of filesOf("dashboards", artifacts)) {
      const { uid, panels } = JSON.parse(file.content) as { uid?: string; panels?: Panel[] };
      this.#panels.set(dashboardKey(file.platform, file.environment, uid), new Set(panelIds(panels ?? [])));
    }
  }

  /** A link of alerts or dashboards: it must lead to something of ours when it begins with a base URL of the environment. */
  inEnvironment(url: string, platform: string, environment: Environment): string | undefined {
    const { runbooks, grafana } = environment.links;
    // Where one base URL lies below another, the longer one is meant.
    const dashboards = `${grafana}/d/`;
    if (url.startsWith(dashboards) && !(url.startsWith(`${runbooks}/`) && runbooks.length > grafana.length)) {
      return this.#dashboard(
        url,
        dashboardKey(platform, environment.name, uidIn(url.slice(dashboards.length))),
      );
    }
    if (url.startsWith(`${runbooks}/`)) return this.page(url.slice(runbooks.length + 1), url);
    return undefined;
  }

  /** A page below `generated/runbooks/`, with or without `#heading`. */
  page(target: string, shown: string): string | undefined {
    const [path = "", heading] = target.split("#");
    const content = this.#pages.get(`generated/runbooks/${path}`);
    if (content === undefined)
      return `${shown} leads to no runbook page: there is no generated/runbooks/${path}`;
    if (heading && !content.includes(`id="${heading}"`))
      return `${shown} leads to no heading: ${path} has no #${heading}`;
    return undefined;
  }

  #dashboard(url: string, key: string): string | undefined {
    const panels = this.#panels.get(key);
    if (!panels) return `${url} leads to no generated dashboard of this environment`;
    const panel = /[?&]viewPanel=(?:panel-)?(\d+)/.exec(url)?.[1];
    if (panel !== undefined && !panels.has(Number(panel)))
      return `${url} leads to panel ${panel}, which the dashboard does not have`;
    return undefined;
  }
}

interface Panel {
  id?: number;
  type?: string;
  panels?: Panel[];
}

/** Numbers of the panels of a dashboard, those inside collapsed rows included, rows themselves not. */
export function panelIds(panels: readonly Panel[]): number[] {
  return panels.flatMap((panel) => (panel.type === "row" ? panelIds(panel.panels ?? []) : (panel.id ?? [])));
}

function dashboardKey(platform: string, environment: string, uid: string | undefined): string {
  return `${platform}/${environment}/${uid}`;
}

function uidIn(rest: string): string {
  return /^[^/?#]*/.exec(rest)?.[0] ?? "";
}
