import { expect, test } from "vitest";
import { rules } from "./rules.ts";
import { artifact, runAlone, told } from "./run-alone.ts";

const rulePath = "generated/alerts/shop/prod/rules/made-up.yaml";
const configPath = "generated/alerts/shop/prod/prometheus.yaml";

const ruleFile = (rule: string) => `groups:
  - name: shop/made-up
    rules:
${rule}
`;

test("a rule file and a configuration that Prometheus would load pass", async () => {
  const good = ruleFile(
    "      - alert: MadeUp\n        expr: up == 0\n        annotations: {summary: '{{ $labels.job }} is \"down\"'}",
  );
  const artifacts = [artifact(rulePath, good), artifact(configPath, "scrape_configs: [{ job_name: a }]\n")];
  expect(await runAlone(rules, { artifacts })).toEqual([]);
});

test("every error of a rule file is shown at the entry that it was generated from, with its line", async () => {
  const bad = ruleFile(
    "      - alert: MadeUp\n        expr: sum(rate(up[5m])\n      - alert: Other\n        expr: up +* 1",
  );
  expect(told(await runAlone(rules, { artifacts: [artifact(rulePath, bad)] }))).toMatchInlineSnapshot(`
    "check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml:5:15: promtool: group "shop/made-up", rule 1, "MadeUp": could not parse expression: 1:17: parse error: unclosed left parenthesis
    check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml:7:15: promtool: group "shop/made-up", rule 2, "Other": could not parse expression: 1:5: parse error: unexpected <op:*>"
  `);
});

test("a field that Prometheus does not know is found", async () => {
  const bad = ruleFile("      - alert: MadeUp\n        expr: up\n        foor: 5m");
  expect(told(await runAlone(rules, { artifacts: [artifact(rulePath, bad)] }))).toMatchInlineSnapshot(
    `"check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml:6: promtool: yaml: unmarshal errors: line 6: field foor not found in type rulefmt.Rule"`,
  );
});

test("an error that promtool says twice is shown once", async () => {
  const bad = ruleFile("      - alert: MadeUp\n        expr: up\n        for: 5");
  expect(told(await runAlone(rules, { artifacts: [artifact(rulePath, bad)] }))).toMatchInlineSnapshot(
    `"check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml: promtool: not a valid duration string: "5""`,
  );
});

test("a rule that stands in its file twice is found, though Prometheus would load it", async () => {
  const bad = ruleFile(
    "      - alert: MadeUp\n        expr: up == 0\n      - alert: MadeUp\n        expr: up == 0",
  );
  expect(told(await runAlone(rules, { artifacts: [artifact(rulePath, bad)] }))).toMatchInlineSnapshot(
    `"check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml: promtool: lint error 1 duplicate rule(s) found. Metric: MadeUp Label(s): Might cause inconsistency while recording expressions"`,
  );
});

test("a template that does not close is found", async () => {
  const bad = ruleFile(
    "      - alert: MadeUp\n        expr: up == 0\n        annotations: {summary: '{{ $labels.job'}",
  );
  expect(told(await runAlone(rules, { artifacts: [artifact(rulePath, bad)] }))).toMatchInlineSnapshot(
    `"check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/rules/made-up.yaml: promtool: group "shop/made-up", rule 1, "MadeUp": annotation "summary": template: __alert_MadeUp:1: unclosed action"`,
  );
});

test("a Prometheus configuration with a wrong relabelling is found", async () => {
  const bad =
    "scrape_configs:\n  - job_name: a\n    relabel_configs: [{ source_labels: [a], action: keep, regex: 'x(' }]\n";
  expect(told(await runAlone(rules, { artifacts: [artifact(configPath, bad)] }))).toMatchInlineSnapshot(
    `"check/promtool-rules at catalog/slos/made-up.ts, generated/alerts/shop/prod/prometheus.yaml: promtool: parsing YAML file generated/alerts/shop/prod/prometheus.yaml: error parsing regexp: missing closing ): \`^(?s:x()$\`"`,
  );
});
