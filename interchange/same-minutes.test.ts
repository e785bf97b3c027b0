// The same series played to Sloth's own rules of a spec and to those of its import, in one promtool test.
import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { promtool } from "../alerts/fixtures/promtool.ts";
import { temporaryFolder } from "../alerts/fixtures/temporary-folder.ts";
import { alerts } from "../alerts/index.ts";
import { developmentTool } from "../tests/development-tool.ts";
import { importPlatform } from "./import.ts";

const SPEC = "interchange/fixtures/shop.sloth.yaml";
const SEVERITIES = { page: "critical", ticket: "warning" } as const;
type Side = keyof typeof SEVERITIES;

interface Rules {
  groups: { name: string }[];
}
interface RuleFile {
  path: string;
  content: string;
}

/** Both tools' rules of one SLO, and their groups in the order of what they read. */
async function bothRules(slo: string): Promise<{ files: RuleFile[]; order: string[] }> {
  const [orders] = parseAllDocuments(await readFile(SPEC, "utf8"));
  const folder = await temporaryFolder([{ path: "spec.yaml", content: String(orders) }]);
  const sloth = await developmentTool("sloth");
  const { stdout } = await execa(sloth, ["generate", "-i", "spec.yaml", "--no-log"], {
    cwd: folder,
    timeout: 60_000,
  });
  const { groups } = parse(stdout) as Rules;
  const theirs = { groups: groups.filter(({ name }) => name.endsWith(`-${slo}`)) };
  const { model } = await importPlatform([SPEC], { format: "sloth", platform: "shop" });
  const ours = alerts(model).find(({ path }) => path.endsWith(`/rules/${catalogName(slo)}.yaml`));
  if (!ours) throw new Error(`${slo} has no rules`);
  const files = [{ path: "sloth.yaml", content: JSON.stringify(theirs) }, ours];
  // As Prometheus settles it after some evaluations: what is read is recorded first, by both.
  const all = files.flatMap(({ content }) => (parse(content) as Rules).groups.map(({ name }) => name));
  const isRead = (name: string) => /\/long$|-recordings-/.test(name);
  return { files, order: [...all.filter(isRead), ...all.filter((name) => !isRead(name))] };
}

const catalogName = (slo: string) => slo.replace("_", "-");

const labels = 'platform="shop",service="orders",job="orders"';
const requests = (code: string) => `http_requests_total{${labels},code="${code}"}`;
const answered = `http_request_duration_seconds_count{${labels},verb="GET"}`;
const fast = `http_request_duration_seconds_bucket{${labels},verb="GET",le="0.4"}`;
const payments = (outcome: string) => `payments_total{${labels},outcome="${outcome}"}`;
const jobs = (what: string) => `jobs_${what}_total{${labels}}`;

/** 1 in a minute in which somebody is told of the SLO by a page or a ticket, otherwise 0. */
const oursFire = (slo: string, side: Side) =>
  `(max(ALERTS{alertstate="firing",tier!="",slo="${catalogName(slo)}",severity="${SEVERITIES[side]}"}) or vector(0))`;
const slothFires = (slo: string, side: Side) =>
  `(max(ALERTS{alertstate="firing",sloth_slo="${slo}",sloth_severity="${side}"}) or vector(0))`;

interface Played {
  slo: string;
  series: Record<string, string>;
  /** In how many of the ten hours' minutes ours fire, and in how many of all only one tool does. */
  page: [fires: number, differs: number];
  ticket: [fires: number, differs: number];
}

async function play({ slo, series, ...expected }: Played) {
  const { files, order } = await bothRules(slo);
  const minutes = (expr: string, value: number) => ({
    expr: `sum(sum_over_time(${expr}[10h:1m]))`,
    eval_time: "10h",
    exp_samples: [{ labels: "{}", value }],
  });
  const tests = {
    rule_files: files.map(({ path }) => path),
    evaluation_interval: "1m",
    group_eval_order: order,
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: (["page", "ticket"] as const).flatMap((side) => {
          const [ours, theirs] = [oursFire(slo, side), slothFires(slo, side)];
          const [fires, differs] = expected[side];
          return [minutes(ours, fires), minutes(`abs(${ours} - ${theirs})`, differs)];
        }),
      },
    ],
  };
  const folder = await temporaryFolder([...files, { path: "test.yaml", content: JSON.stringify(tests) }]);
  return promtool(["test", "rules", "test.yaml"], folder);
}

const cases: (Played & { what: string })[] = [
  {
    what: "an hour before the first failure, an outage of a quarter of an hour, a slow burn, a restart and then no traffic at all",
    slo: "requests-availability",
    series: {
      [requests("200")]: "0+98x240 23520x15 23520+98x100 0+98x140 13720x130",
      [requests("503")]: "_x60 0+0x180 0+100x15 1500+2x100 0+2x140 280x130",
    },
    page: [285, 0],
    ticket: [359, 0],
  },
  {
    what: "slow answers, and a gap in scraping",
    slo: "requests-latency",
    series: {
      [answered]: "0+100x200 20000+100x100 _x30 33000+100x300",
      [fast]: "0+100x200 20000+60x100 _x30 29800+100x300",
    },
    page: [108, 0],
    ticket: [394, 0],
  },
  {
    what: "half of the payments failing for an hour, from a series that was there before",
    slo: "payments",
    series: {
      [payments("ok")]: "0+10x100 1000+5x60 1300+10x460",
      [payments("declined")]: "0+0x100 0+5x60 300+0x460",
    },
    page: [81, 0],
    ticket: [414, 0],
  },
  {
    what: "jobs that are not done for an hour and a half",
    slo: "jobs_done",
    series: { [jobs("started")]: "0+20x620", [jobs("done")]: "0+20x200 4000+2x90 4180+20x330" },
    page: [45, 0],
    ticket: [389, 0],
  },
  {
    what: "exactly as much as the budget allows, of which Sloth's threshold of 0.0009999999999999432 falls short",
    slo: "requests-availability",
    series: { [requests("200")]: "0+999x620", [requests("503")]: "0+1x620" },
    page: [0, 0],
    ticket: [0, 600],
  },
];

test.each(cases)(
  "what both tools say of $what is told in minutes",
  async (one) => {
    expect(await play(one)).toEqual({ ok: true, said: expect.any(String) });
  },
  400_000,
);
