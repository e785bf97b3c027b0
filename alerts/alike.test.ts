import fc from "fast-check";
import { expect, test } from "vitest";
import { onceForAlike } from "../model/alike.ts";
import type { Platform } from "../model/model.ts";
import { alertName } from "../model/names.ts";
import { anyWords, confusingWords, platformOf } from "../tests/alike-platforms.ts";
import { howMany } from "../tests/how-many.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { namedSlo, type SloSubject } from "./alike.ts";
import { manySignals } from "./fixtures/many-signals.ts";
import { rulesOf } from "./index.ts";
import { generatedFrom, groupsOf, ruleFiles } from "./rule-files.ts";
import { sloGroupNames } from "./rules.ts";
import { testFiles, testTexts } from "./test-files.ts";
import { yamlText } from "./yaml.ts";

/** The rules and tests of every SLO, each worked out by itself. */
function byThemselves(platform: Platform): string[] {
  const rules = platform.environments.flatMap((environment) =>
    ruleFiles(platform).map((file) => {
      const groups = groupsOf(file, { platform, environment });
      return yamlText({ groups }, { header: [generatedFrom(file.origin)] });
    }),
  );
  const environment = platform.environments.at(-1);
  if (!environment) return rules;
  const place = { platform, environment };
  const tests = ruleFiles(platform).flatMap(({ slo, alerts }) =>
    slo
      ? testTexts({ slo, alerts, groups: sloGroupNames(slo, platform) }, place)
      : alerts.flatMap((alert) =>
          testTexts({ alerts: [alert], groups: [`${platform.name}/${alert.name}`] }, place),
        ),
  );
  return [...rules, ...tests.map((text) => text())];
}

function written(platform: Platform): string[] {
  const rules = platform.environments.flatMap((environment) => [...rulesOf(platform, environment)]);
  return [...rules, ...testFiles(platform)].map(({ content }) => content);
}

test.each([
  ["the shop", modelOf([shop], policies)],
  ["a platform with every form of SLO", modelOf([manySignals])],
])("the rules and tests of %s are those that each SLO would have by itself", (_, { platforms }) => {
  for (const platform of platforms) expect(written(platform)).toEqual(byThemselves(platform));
});

test("whatever services, SLOs and labels are called, rules and tests are those that each SLO would have by itself", () => {
  fc.assert(
    fc.property(anyWords, (words) => {
      const [platform] = modelOf([platformOf(...words)]).platforms;
      if (!platform) throw new Error("no platform");
      expect(written(platform)).toEqual(byThemselves(platform));
    }),
    { numRuns: howMany(8, 300), examples: confusingWords.map((words): [typeof words] => [words]) },
  );
});

test("the texts of a thousand SLOs of one form are worked out once", () => {
  let times = 0;
  const [platform] = modelOf([platformOf(["cart", "order"], ["first"], ["ok", "failed"])]).platforms;
  if (!platform) throw new Error("no platform");
  const write = onceForAlike(({ alerts }: SloSubject) => {
    times++;
    return alerts.map(
      ({ alertname }) =>
        () =>
          alertname,
    );
  });
  const texts = platform.slos.map((slo) => {
    const alerts = platform.alerts.filter((alert) => alert.slo === slo.name);
    return write(namedSlo(slo, alerts, platform)).map((text) => text());
  });
  expect(texts.map(([first]) => first)).toEqual(platform.slos.map(({ name }) => `${alertName(name)}Absent`));
  // Of each service the first by itself and the second as a form; the SLO that the dashboard is named after; and the three whose names touch another.
  expect(times).toBe(8);
});
