import { expect, test } from "vitest";
import { ruleTests } from "./rule-tests.ts";
import { artifact, runAlone, told } from "./run-alone.ts";

const rule = artifact(
  "generated/alerts/shop/prod/rules/queue.yaml",
  String.raw`groups:
  - name: shop/queue
    rules:
      - alert: QueueDeep
        expr: queue_depth > 100
        labels: {severity: warning}
        annotations: {summary: "Queue \"{{ $labels.queue }}\" is deep,\n\tgot: more than 100"}
`,
);

/** A test of the rule in which the queue is deep from the fifth minute on. */
function testFile(expected: string, rules = "../prod/rules/queue.yaml") {
  const content = `rule_files: [${rules}]
evaluation_interval: 1m
tests:
  - name: deep from the fifth minute, on "orders"
    interval: 1m
    input_series: [{ series: 'queue_depth{queue="orders"}', values: '0x4 101x10' }]
${expected}
`;
  return [rule, artifact("generated/alerts/shop/tests/queue.yaml", content, "queue")];
}

const summary = String.raw`"Queue \"orders\" is deep,\n\tgot: more than 100"`;

test("a test that promtool passes gives no problem", async () => {
  const artifacts = testFile(`    alert_rule_test:
      - { eval_time: 4m, alertname: QueueDeep, exp_alerts: [] }
      - { eval_time: 6m, alertname: QueueDeep, exp_alerts: [{ exp_labels: { severity: warning, queue: orders }, exp_annotations: { summary: ${summary} } }] }`);
  expect(await runAlone(ruleTests, { artifacts })).toEqual([]);
});

test("every failure says which alert, when, what was expected and what was got, at the entry it was generated from", async () => {
  const artifacts = testFile(`    alert_rule_test:
      - { eval_time: 4m, alertname: QueueDeep, exp_alerts: [{ exp_labels: { severity: warning, queue: orders } }] }
      - { eval_time: 6m, alertname: QueueDeep, exp_alerts: [] }
      - { eval_time: 7m, alertname: QueueDeep, exp_alerts: [{ exp_labels: { severity: critical, queue: orders } }] }
      - { eval_time: 8m, alertname: QueueDeep, exp_alerts: [{ exp_labels: { severity: warning, queue: orders }, exp_annotations: { summary: other } }] }
    promql_expr_test:
      - { expr: queue_depth, eval_time: 6m, exp_samples: [{ labels: 'queue_depth{queue="orders"}', value: 7 }] }`);
  expect(told(await runAlone(ruleTests, { artifacts }))).toMatchInlineSnapshot(`
    "check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: test "deep from the fifth minute, on "orders"": alert QueueDeep at 4m: expected to fire with {alertname="QueueDeep", queue="orders", severity="warning"}, but it is silent
    check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: test "deep from the fifth minute, on "orders"": alert QueueDeep at 6m: expected silence, but it fires with {alertname="QueueDeep", queue="orders", severity="warning"}
    check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: test "deep from the fifth minute, on "orders"": alert QueueDeep at 7m: expected to fire with {alertname="QueueDeep", queue="orders", severity="critical"}, but it fires with {alertname="QueueDeep", queue="orders", severity="warning"}
    check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: test "deep from the fifth minute, on "orders"": alert QueueDeep at 8m: it fires, expected with annotations {summary="other"}, got {summary="Queue \\"orders\\" is deep,\\n\\tgot: more than 100"}
    check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: expr: "queue_depth", time: 6m, exp: {__name__="queue_depth", queue="orders"} 7E+00 got: {__name__="queue_depth", queue="orders"} 1.01E+02"
  `);
});

test("a test whose rule file does not exist fails even where it expects silence", async () => {
  const artifacts = testFile(
    "    alert_rule_test: [{ eval_time: 4m, alertname: QueueDeep, exp_alerts: [] }]",
    "../prod/rules/gone.yaml",
  );
  expect(told(await runAlone(ruleTests, { artifacts }))).toMatchInlineSnapshot(
    `"check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: no file match pattern generated/alerts/shop/prod/rules/gone.yaml"`,
  );
});

test("series that promtool cannot read, and an unknown field, are shown in promtool's words", async () => {
  const unreadable = testFile("    alert_rule_test: []").map((a) => ({
    ...a,
    content: a.content.replace('queue="orders"', 'queue="orders'),
  }));
  expect(told(await runAlone(ruleTests, { artifacts: unreadable }))).toMatchInlineSnapshot(
    `"check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: 2:19: parse error: unterminated quoted string"`,
  );
  const unknown = testFile("    alert_rule_tests: []");
  expect(told(await runAlone(ruleTests, { artifacts: unknown }))).toMatchInlineSnapshot(
    `"check/promtool-test at catalog/slos/queue.ts, generated/alerts/shop/tests/queue.yaml: promtool: yaml: unmarshal errors: line 7: field alert_rule_tests not found in type main.testGroup"`,
  );
});

test("a rule that fails while it is evaluated fails its test", async () => {
  const expected = "    alert_rule_test: [{ eval_time: 4m, alertname: QueueDeep, exp_alerts: [] }]";
  const ambiguous = `'vector(1) * on () group_left () {__name__=~"queue_depth|other"}'`;
  const artifacts = testFile(expected).map((a) => ({
    ...a,
    content: a.content
      .replace("queue_depth > 100", ambiguous)
      .replace("input_series: [", "input_series: [{ series: 'other{queue=\"orders\"}', values: '1x20' }, "),
  }));
  const [problem] = await runAlone(ruleTests, { artifacts });
  expect(problem?.message).toMatch(
    /^promtool: rule: QueueDeep, time: 0s, err: found duplicate series for the match group/,
  );
});

test("progress counts the files", async () => {
  const lines: string[] = [];
  const artifacts = testFile("    alert_rule_test: []");
  await runAlone(ruleTests, { artifacts, progress: (text) => lines.push(text) });
  expect(lines).toEqual(["1 of 1 test files"]);
});
