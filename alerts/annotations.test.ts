import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../model/model.ts";
import { howMany } from "../tests/how-many.ts";
import { modelOf } from "../tests/model-of.ts";
import { manySignals } from "./fixtures/many-signals.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { alerts } from "./index.ts";

const model = modelOf([manySignals]);

test("whatever a catalog text holds, Prometheus shows it as it is written", async () => {
  const hostile = fc.oneof(
    fc.string({
      unit: fc.constantFrom(..."\"'`\\{}$%<>&|*#:- \n", "{{", "}}", "{{-", "/*", "é", "漢", "😀"),
    }),
    fc.constantFrom(
      "{{ $value }}",
      '{{ "',
      "{{ template }}",
      "{{/* */}}",
      "{{{",
      "}}}",
      "${x}",
      "%{x}",
      "$labels",
      "- a: b",
    ),
    fc.constantFrom(
      "yes",
      "012",
      "12:30",
      "null",
      "a\n b\n",
      "\n",
      "  ",
      "{{ $labels.breaker }}",
      "{{{ $labels.breaker }}",
      "a {{$labels.breaker}} b",
    ),
  );
  const texts = fc.sample(fc.tuple(hostile, hostile), { numRuns: howMany(150, 3000), seed: 20_261_121 });
  const [platform] = model.platforms;
  const alert = platform?.alerts.find(({ name }) => name === "any-open");
  if (!platform || !alert) throw new Error("the fixture has no such alert");
  const changed: Alert[] = texts.map(([summary, description], i) => ({
    ...alert,
    ...{ name: `hostile-${i}`, alertname: `Hostile${i}`, summary, description },
  }));
  const artifacts = alerts({ ...model, platforms: [{ ...platform, alerts: changed, slos: [] }] });
  const folder = await temporaryFolder(artifacts);
  const tests = artifacts.flatMap(({ path }) => (path.includes("/tests/") ? [path] : []));
  expect(tests).toHaveLength(texts.length);
  expect(await promtool(["test", "rules", ...tests], folder)).toMatchObject({ ok: true });
});
