import { onceForAlike } from "../model/alike.ts";
import { Kept } from "../model/kept.ts";
import type { Artifact, Environment, Model, Platform } from "../model/model.ts";
import { alertmanagerConfiguration } from "./alertmanager.ts";
import { alertmanagerConfigSpec } from "./alertmanager-config.ts";
import { namedSlo, type SloSubject } from "./alike.ts";
import { behindFile, generatedFrom, groupsOf, ownerOf, type RuleFile, ruleFiles } from "./rule-files.ts";
import { scrapeConfiguration } from "./scrape.ts";
import { testFiles } from "./test-files.ts";
import { yamlText } from "./yaml.ts";

/**
 * Prometheus rules, scrape configuration and Alertmanager configuration of every environment, and a promtool unit test of
 * every alert, which is tried on the rules of the platform's last environment.
 */
export function alerts(model: Model): Artifact[] {
  return [...deployedFiles(model), ...model.platforms.flatMap(testFiles)];
}

/** Of those, what is deployed: all but the unit tests, which take most of the time. */
export function deployedFiles({ platforms }: Model): Artifact[] {
  return platforms.flatMap((platform) =>
    platform.environments.flatMap((environment) => environmentFiles(platform, environment)),
  );
}

/** What Prometheus evaluates in an environment: a file for each SLO, and for each alert that stands alone. */
export function* rulesOf(platform: Platform, environment: Environment): Generator<Artifact> {
  const folder = `generated/alerts/${platform.name}/${environment.name}`;
  const place = { platform, environment };
  const ofSlo = onceForAlike(({ dashboards, ...file }: SloSubject) => [
    () =>
      ruleText({ ...file, origin: file.slo.origin }, { environment, platform: { ...platform, dashboards } }),
  ]);
  for (const file of ruleFiles(platform)) {
    yield kept.get(
      {
        owner: ownerOf(file),
        name: `${environment.name}/${file.name}`,
        madeOf: () => behindFile(file, place),
      },
      () => ({
        path: `${folder}/rules/${file.name}.yaml`,
        content: textOf(file),
        origin: file.origin,
      }),
    );
  }

  function textOf({ slo, alerts, origin }: RuleFile): string {
    const [text] = slo ? ofSlo(namedSlo(slo, alerts, platform)) : [];
    return text?.() ?? ruleText({ alerts, origin }, place);
  }
}

function ruleText(
  file: Omit<RuleFile, "name">,
  place: { platform: Platform; environment: Environment },
): string {
  return yamlText({ groups: groupsOf(file, place) }, { header: [generatedFrom(file.origin)] });
}

const kept = new Kept<Artifact>();

function environmentFiles(platform: Platform, environment: Environment): Artifact[] {
  const folder = `generated/alerts/${platform.name}/${environment.name}`;
  const rules = rulesOf(platform, environment);
  const alertmanager = {
    path: `${folder}/alertmanager.yaml`,
    content: yamlText(alertmanagerConfiguration(platform, environment), {
      header: [generatedFrom(platform.routing.origin)],
    }),
    origin: platform.routing.origin,
  };
  const prometheus = {
    path: `${folder}/prometheus.yaml`,
    content: yamlText(scrapeConfiguration(platform, environment), {
      header: [generatedFrom(environment.origin)],
    }),
    origin: environment.origin,
  };
  return [...rules, alertmanager, ...sharedAlertmanager(platform, environment), prometheus];
}

/** For an Alertmanager that others use too. The file that amtool reads stays beside it: both come of the same routes. */
function sharedAlertmanager(platform: Platform, environment: Environment): Artifact[] {
  const { monitoring } = environment;
  if (monitoring.kind !== "operator" || monitoring.alertmanager.kind !== "shared") return [];
  const { origin } = platform.routing;
  return [
    {
      path: `generated/alerts/${platform.name}/${environment.name}/alertmanager-config.yaml`,
      content: yamlText(alertmanagerConfigSpec(platform, environment), { header: [generatedFrom(origin)] }),
      origin,
    },
  ];
}
