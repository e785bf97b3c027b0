// What the reader of Prometheus itself makes of the YAML.
import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { hostileText } from "./fixtures/hostile-text.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { yamlText } from "./yaml.ts";

// Between braces Prometheus would look for a template.
const texts = fc
  .sample(hostileText, { numRuns: howMany(400, 10_000), seed: 1 })
  .filter((text) => !text.includes("{{"));
const names = texts.map((_, i) => `Alert${i}`);

/** Each character by its number: nothing of how it is written is ours. */
function byNumber(text: string): string {
  const code = (character: string) => (character.codePointAt(0) ?? 0).toString(16).padStart(8, "0");
  return `"${[...text].map((character) => `\\U${code(character)}`).join("")}"`;
}

test("Prometheus reads every string letter by letter", async () => {
  const rules = texts.map((text, i) => ({ alert: names[i], expr: "vector(1)", annotations: { text } }));
  const tests = texts.map(
    (text, i) =>
      `      - {eval_time: 0s, alertname: ${names[i]}, exp_alerts: [{exp_annotations: {text: ${byNumber(text)}}}]}`,
  );
  const folder = await temporaryFolder([
    { path: "rules.yaml", content: yamlText({ groups: [{ name: "texts", rules }] }, { header: [] }) },
    {
      path: "test.yaml",
      content: `rule_files: [rules.yaml]\ntests:\n  - alert_rule_test:\n${tests.join("\n")}\n`,
    },
  ]);
  const { ok, said } = await promtool(["test", "rules", "test.yaml"], folder);
  expect(said).toContain("SUCCESS");
  expect(ok).toBe(true);
});
