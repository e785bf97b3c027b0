import { parse } from "yaml";
import type { Alert, Platform } from "../model/model.ts";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf } from "./generated-files.ts";
import { panelIds } from "./link-targets.ts";

/** Every alert has all that it needs: a rule everywhere, a test that sees both sides, a page, a panel, somebody who is told. */
export const output: Check = {
  name: "output",
  title: "Completeness: each alert's rule, unit test, runbook page, panel and routing",
  needs: [],
  async run(context) {
    const problems = context.model.platforms.flatMap((platform) => {
      const found = generatedFor(context, platform);
      return platform.alerts.flatMap((alert) =>
        missing(platform, alert, found).map((what) => problemOf(context, alert, what)),
      );
    });
    return { problems, files: context.artifacts.length };
  },
};

interface Lack {
  path: string;
  message: string;
}

function problemOf({ locate }: CheckContext, alert: Alert, { path, message }: Lack): Problem {
  return problemIn({ path, origin: alert.origin }, { rule: "check/alert-incomplete", message }, locate);
}

/** What was generated for a platform, as far as alerts need it. */
interface Generated {
  paths: ReadonlySet<string>;
  /** Names of the alerts that have a rule, by environment. */
  rules: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of the alerts that some test expects to fire, and to be silent. */
  firing: ReadonlySet<string>;
  silent: ReadonlySet<string>;
  /** "ENVIRONMENT/DASHBOARD/PANEL". */
  panels: ReadonlySet<string>;
}

function generatedFor({ artifacts }: CheckContext, { name, environments }: Platform): Generated {
  const own = <K extends Parameters<typeof filesOf>[0]>(kind: K) =>
    filesOf(kind, artifacts).filter((f) => f.platform === name);
  const ruleFiles = own("rules").map((file) => ({ ...file, alerts: alertNames(file.content) }));
  const expectations = own("ruleTests").flatMap((file) => expectationsIn(file.content));
  const namesOf = (fires: boolean) =>
    new Set(expectations.filter((e) => e.fires === fires).map((e) => e.alertname));
  return {
    paths: new Set(artifacts.map((a) => a.path)),
    rules: new Map(
      environments.map((e) => [
        e.name,
        new Set(ruleFiles.flatMap((f) => (f.environment === e.name ? f.alerts : []))),
      ]),
    ),
    firing: namesOf(true),
    silent: namesOf(false),
    panels: new Set(
      own("dashboards").flatMap(({ content, environment, path }) => {
        const dashboard = path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
        const { panels = [] } = JSON.parse(content) as { panels?: Parameters<typeof panelIds>[0] };
        return panelIds(panels).map((id) => `${environment}/${dashboard}/${id}`);
      }),
    ),
  };
}

function alertNames(yaml: string): string[] {
  const { groups = [] } = parse(yaml) as { groups?: { rules?: { alert?: string }[] }[] };
  return groups.flatMap((group) => group.rules ?? []).flatMap((rule) => rule.alert ?? []);
}

interface TestFile {
  tests?: { alert_rule_test?: { alertname: string; exp_alerts?: unknown[] | null }[] }[];
}

function expectationsIn(yaml: string): { alertname: string; fires: boolean }[] {
  const { tests = [] } = parse(yaml) as TestFile;
  return tests
    .flatMap((test) => test.alert_rule_test ?? [])
    .map(({ alertname, exp_alerts }) => ({ alertname, fires: (exp_alerts ?? []).length > 0 }));
}

function missing(platform: Platform, alert: Alert, generated: Generated): Lack[] {
  const tests = `generated/alerts/${platform.name}/tests`;
  const lacks: Lack[] = [];
  const lack = (path: string, what: string) => lacks.push({ path, message: `alert "${alert.name}" ${what}` });
  if (!generated.firing.has(alert.alertname)) lack(tests, "has no unit test in which it fires");
  // The Watchdog always fires.
  if (alert.signal.kind !== "always" && !generated.silent.has(alert.alertname))
    lack(tests, "has no unit test in which it is silent");
  for (const extension of ["md", "html"]) {
    const page = `generated/runbooks/${platform.name}/${alert.name}.${extension}`;
    if (!generated.paths.has(page)) lack(page, "has no runbook page");
  }
  for (const { name: environment } of platform.environments) {
    const folder = `generated/alerts/${platform.name}/${environment}`;
    if (!generated.rules.get(environment)?.has(alert.alertname))
      lack(`${folder}/rules`, `has no rule in ${environment}`);
    // Where a notification goes is what amtool tells; here it only matters that something routes it at all.
    if (!generated.paths.has(`${folder}/alertmanager.yaml`))
      lack(`${folder}/alertmanager.yaml`, `is routed by nothing in ${environment}`);
    if (alert.signal.kind !== "always") lacks.push(...panelLack(platform, alert, { generated, environment }));
  }
  return lacks;
}

function panelLack(
  platform: Platform,
  { name, panel }: Alert,
  { generated, environment }: { generated: Generated; environment: string },
): Lack[] {
  const folder = `generated/dashboards/${platform.name}/${environment}`;
  if (!panel) return [{ path: folder, message: `alert "${name}" is on no panel of a dashboard` }];
  if (generated.panels.has(`${environment}/${panel.dashboard}/${panel.id}`)) return [];
  const path = `${folder}/${panel.dashboard}.json`;
  return [{ path, message: `alert "${name}" names panel ${panel.id}, which the dashboard does not have` }];
}
