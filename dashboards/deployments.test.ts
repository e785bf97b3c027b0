// The marks are tried on series by promtool: a scrape and a step every minute.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { requireTool } from "../tools/find.ts";
import { deployments, newRevisions } from "./deployments.ts";

/** Runs the query over `series` (promtool's notation, a sample a minute) and expects marks at those minutes only. */
async function expectMarks(series: Record<string, string>, marks: Record<number, string[]>) {
  const folder = mkdtempSync(join(tmpdir(), "deployments-"));
  const expr = newRevisions('platform="shop"')
    .replaceAll("$__interval", "1m")
    .replaceAll("$__rate_interval", "4m");
  const promql_expr_test = Array.from({ length: 20 }, (_, minute) => ({
    expr,
    eval_time: `${minute}m`,
    exp_samples: (marks[minute] ?? []).map((labels) => ({ labels, value: 1 })),
  }));
  const input_series = Object.entries(series).map(([labels, values]) => ({ series: `up${labels}`, values }));
  writeFileSync(join(folder, "rules.yaml"), stringify({ groups: [] }));
  const tests = [{ interval: "1m", input_series, promql_expr_test }];
  writeFileSync(
    join(folder, "test.yaml"),
    stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }),
  );
  const promtool = await requireTool("promtool");
  const { all, exitCode } = await execa(promtool, ["test", "rules", "test.yaml"], {
    cwd: folder,
    all: true,
    reject: false,
    timeout: 30_000,
  });
  rmSync(folder, { recursive: true });
  expect(all).toContain("SUCCESS");
  expect(exitCode).toBe(0);
}

const pod = (name: string, service = "api") =>
  `{platform="shop",service="${service}",instance="${name}",pod="${name}"}`;
const steady = { [pod("worker-7d4b9c6f5-aaaaa", "worker")]: "1x20" };

test("a rollout is marked once, when the first pod of the new revision is there", async () => {
  await expectMarks(
    {
      ...steady,
      [pod("api-5c8f7d9b6c-aaaaa")]: "1x10 stale",
      [pod("api-5c8f7d9b6c-bbbbb")]: "1x11 stale",
      [pod("api-66f9c8d7b5-ccccc")]: "_x8 0 1x11",
      [pod("api-66f9c8d7b5-ddddd")]: "_x10 1x9",
    },
    { 8: ['{platform="shop",service="api",revision="66f9c8d7b5"}'] },
  );
});

test("a release that stops all old pods before it starts new ones is marked", async () => {
  await expectMarks(
    {
      ...steady,
      [pod("api-5c8f7d9b6c-aaaaa")]: "1x8 stale",
      [pod("api-66f9c8d7b5-bbbbb")]: "_x12 1x7",
    },
    { 12: ['{platform="shop",service="api",revision="66f9c8d7b5"}'] },
  );
});

test("a rollback to an earlier revision is marked", async () => {
  await expectMarks(
    {
      ...steady,
      [pod("api-5c8f7d9b6c-aaaaa")]: "1x7 stale",
      [pod("api-66f9c8d7b5-bbbbb")]: "_x6 1x8 stale",
      [pod("api-5c8f7d9b6c-ccccc")]: "_x13 1x6",
    },
    {
      6: ['{platform="shop",service="api",revision="66f9c8d7b5"}'],
      13: ['{platform="shop",service="api",revision="5c8f7d9b6c"}'],
    },
  );
});

test("more pods, fewer pods, a moved pod and a failing pod are no deployment", async () => {
  await expectMarks(
    {
      [pod("api-5c8f7d9b6c-aaaaa")]: "1x5 0 0 1x12",
      [pod("api-5c8f7d9b6c-bbbbb")]: "_x7 1x4 stale",
      [pod("api-5c8f7d9b6c-ccccc")]: "_x13 1x6",
    },
    {},
  );
});

test("what comes back after Prometheus itself was down is no deployment", async () => {
  await expectMarks(
    {
      [pod("api-5c8f7d9b6c-aaaaa")]: "1x2 _x10 1x6",
      [pod("worker-7d4b9c6f5-aaaaa", "worker")]: "1x2 _x11 1x5",
    },
    {},
  );
});

test("targets that are no pods, and other platforms, are left alone", async () => {
  await expectMarks(
    {
      ...steady,
      '{platform="shop",service="api",instance="127.0.0.1:8080"}': "1x20",
      '{platform="other",service="api",instance="a",pod="api-66f9c8d7b5-bbbbb"}': "_x8 1x11",
      '{platform="shop",service="store",instance="store-0",pod="store-0"}': "1x20",
    },
    {},
  );
});

test("the annotation asks the chosen Prometheus and names service and revision", () => {
  expect(deployments('platform="shop"')).toMatchObject({
    name: "Deployments",
    enable: true,
    datasource: { type: "prometheus", uid: `\${datasource}` },
    expr: newRevisions('platform="shop"'),
    step: "60s",
    titleFormat: "{{service}} deployed",
    textFormat: "revision {{revision}}",
  });
});
