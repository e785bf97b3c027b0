import { onceForAlike, type Text } from "../model/alike.ts";
import { artifactOf, Kept } from "../model/kept.ts";
import type { Alert, Artifact, Environment, Platform, Slo } from "../model/model.ts";
import { namedSlo, type SloSubject } from "./alike.ts";
import { behindFile, generatedFrom, ownerOf, type RuleFile, ruleFiles } from "./rule-files.ts";
import { groupName, sloGroupNames } from "./rules.ts";
import { unitTest } from "./unit-tests/suite.ts";
import { yamlText } from "./yaml.ts";

/** A promtool unit test of every alert, which is tried on the rules of the platform's last environment. */
export function testFiles(platform: Platform): Artifact[] {
  const environment = platform.environments.at(-1);
  if (!environment) return [];
  const place = { platform, environment };
  const ofSlo = onceForAlike(({ slo, alerts, dashboards }: SloSubject) =>
    testTexts(
      { slo, alerts, groups: sloGroupNames(slo, platform) },
      { environment, platform: dashboards === platform.dashboards ? platform : { ...platform, dashboards } },
    ),
  );
  return ruleFiles(platform).flatMap((file) =>
    kept.get(
      {
        owner: ownerOf(file),
        name: `${environment.name}/${file.name}`,
        madeOf: () => behindFile(file, place),
      },
      () => testsOf(file),
    ),
  );

  function testsOf({ slo, alerts }: RuleFile): Artifact[] {
    const texts = slo
      ? ofSlo(namedSlo(slo, alerts, platform))
      : alerts.flatMap((alert) =>
          testTexts({ alerts: [alert], groups: [groupName(alert, platform)] }, place),
        );
    return alerts.map(({ name, origin }, i) =>
      artifactOf(
        { path: `generated/alerts/${platform.name}/tests/${name}.yaml`, origin },
        () => texts[i]?.() ?? "",
      ),
    );
  }
}

const kept = new Kept<Artifact[]>();

/** Writes the unit test of each alert of a rule file, when it is asked for. */
export function testTexts(
  { slo, alerts, groups }: { slo?: Slo; alerts: readonly Alert[]; groups: readonly string[] },
  { platform, environment }: { platform: Platform; environment: Environment },
): Text[] {
  return alerts.map((alert) => () => {
    const rules = { file: `../${environment.name}/rules/${slo?.name ?? alert.name}.yaml`, groups };
    const others = alerts.filter((other) => other !== alert);
    const test = unitTest({ platform, environment, alert, others, slo, rules });
    return yamlText(test, {
      header: [`Unit test of ${alert.alertname} for promtool.`, generatedFrom(alert.origin)],
      byAnchor: true,
    });
  });
}
