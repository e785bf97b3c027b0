import { expect, test } from "vitest";
import { loadTests as generate } from "../load-tests/index.ts";
import type { Artifact } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { loadTests } from "./load-tests.ts";
import { changed, runAlone } from "./run-alone.ts";

const good = generate(modelOf([shop], policies)).filter((a) => a.path.includes("/smoke/"));
const script = "generated/load-tests/shop/smoke/script.js";
const profile = "generated/load-tests/shop/smoke/profile.json";

test("scripts and profiles as they are generated pass", async () => {
  expect(await runAlone(loadTests, { artifacts: good })).toEqual([]);
});

test.each<[string, { artifacts: Artifact[]; message: RegExp }]>([
  [
    "a script that does not parse",
    {
      artifacts: changed(good, script, (text) => text.replace("function () {", "function ( {")),
      message: /could not load JS test .*script\.js: Line \d+:\d+ Unexpected token/,
    },
  ],
  [
    "a script without its profile",
    {
      artifacts: good.filter((a) => a.path !== profile),
      message: /stat generated\/load-tests\/shop\/smoke\/profile\.json: no such file or directory/,
    },
  ],
  [
    "an executor that k6 does not know",
    {
      artifacts: changed(good, profile, (text) => text.replace("constant-arrival-rate", "arrival-rate")),
      message: /unknown executor type 'arrival-rate'/,
    },
  ],
  [
    "a threshold that k6 cannot read",
    {
      artifacts: changed(good, profile, (text) => text.replace("rate>=0.99", "rate=>0.99")),
      message: /failed parsing threshold expression's "rate=>0.99"/,
    },
  ],
  [
    "a threshold on a metric that does not exist",
    {
      artifacts: changed(good, profile, (text) => text.replace('"http_reqs"', '"http_requests"')),
      message: /no metric name "http_requests" found/,
    },
  ],
  [
    "an option that k6 does not know, though k6 only warns",
    {
      artifacts: changed(good, profile, (text) => text.replace('"userAgent"', '"agent"')),
      message: /unknown fields in the options exported in the script: json: unknown field "agent"/,
    },
  ],
])("%s is found, at the load profile that it was generated from", async (_, { artifacts, message }) => {
  const problems = await runAlone(loadTests, { artifacts });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    rule: "check/load-script",
    path: script,
    message: expect.stringMatching(message),
  });
  expect(problems[0]?.location?.file).toBe("catalog/parts/2/loadProfiles/smoke.ts");
});

test("a script that leaves out its profile's options is found, though k6 accepts it", async () => {
  const artifacts = changed(good, script, (text) => text.replace("= profile.options", "= {}"));
  const messages = (await runAlone(loadTests, { artifacts })).map((p) => p.message);
  expect(messages[0]).toBe("k6: the script does not run scenario load of profile.json");
  expect(messages[1]).toMatch(
    /^k6: the script does not set profile.json's thresholds of checks, .*http_reqs/,
  );
});
