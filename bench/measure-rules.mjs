// What evaluating rules costs a real Prometheus: those that Sloth writes of a spec, and ours of the same spec, on the same history.
import { execFileSync, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments, stringify } from "yaml";
import { history } from "./history.mjs";
import { slothSpec } from "./sloth-spec.mjs";

/** Prometheus' own interval, which rules have that name none. */
const DEFAULT_SECONDS = 60;
/** All groups are evaluated as often while they are looked at: what one evaluation costs does not depend on the next. */
const INTERVAL_SECONDS = 10;
const CYCLES = 5;
/** More than it takes promtool to write a month of history. */
const LIMIT_SECONDS = 180;

/**
 * Seconds that one evaluation of all groups takes, by each tool's rules, the sum of each group's quickest; `perMinute` weighs each group with how often it
 * is scheduled. `tools` are the paths of Sloth, Prometheus and promtool; `write` writes our rules of a spec into a folder.
 */
export async function measureRules({ services, tools, write }) {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-bench-rules-"));
  try {
    writeFileSync(join(folder, "spec.yaml"), slothSpec(services));
    execFileSync(tools.sloth, ["generate", "-i", "spec.yaml", "-o", "sloth-as-written.yaml"], {
      cwd: folder,
      stdio: "pipe",
    });
    write(join(folder, "spec.yaml"), join(folder, "ours-as-written"));
    const groups = { sloth: everyCycle(folder, "sloth"), ours: everyCycle(folder, "ours") };
    const recorded = Object.values(groups).flatMap(readOverMonth);
    await backfill(folder, tools.promtool, { services, recorded, now: Math.floor(Date.now() / 1000) });
    const rounds = await evaluate(folder, tools.prometheus);
    return Object.fromEntries(
      Object.entries(groups).map(([tool, all]) => [
        tool,
        costOf(
          rounds.map((round) => round[tool]),
          all,
        ),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Writes a tool's rules with the interval of the measurement; returns the groups, `seconds` being the interval that they were written with. */
function everyCycle(folder, tool) {
  const source = join(folder, `${tool}-as-written`);
  const files = tool === "sloth" ? [`${source}.yaml`] : readdirSync(source).map((name) => join(source, name));
  const groups = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => document.toJS().groups),
  );
  const changed = groups.map((group) => ({ ...group, interval: `${INTERVAL_SECONDS}s` }));
  writeFileSync(join(folder, `${tool}.yaml`), stringify({ groups: changed }, { lineWidth: 0 }));
  return groups.map((group) => ({
    ...group,
    seconds: group.interval ? secondsOf(group.interval) : DEFAULT_SECONDS,
  }));
}

/** The recorded series that rules read over the whole period, and how often they are recorded. */
function readOverMonth(groups) {
  const rules = groups.flatMap(({ rules, seconds }) =>
    rules.map((rule) => ({ ...rule, stepSeconds: seconds })),
  );
  const read = new Map(
    rules.flatMap(({ expr }) =>
      [...expr.matchAll(/([\w:]+)\{([^}]*)\}\[30d\]/g)].map((match) => [match[0], match]),
    ),
  );
  return [...read.values()].map(([, name, matchers]) => {
    const wanted = [...matchers.matchAll(/(\w+)="([^"]*)"/g)];
    const { labels, stepSeconds } = rules.find(
      (rule) => rule.record === name && wanted.every(([, label, value]) => rule.labels[label] === value),
    );
    return { name, labels, stepSeconds };
  });
}

const UNITS = { s: 1, m: 60, h: 3600 };
const secondsOf = (text) => Number.parseInt(text, 10) * UNITS[text.at(-1)];

async function backfill(folder, promtool, what) {
  await pipeline(Readable.from(history(what)), createWriteStream(join(folder, "history.om")));
  // One block for all: promtool reads the file once for each.
  const args = [
    "tsdb",
    "create-blocks-from",
    "openmetrics",
    "--quiet",
    "--max-block-duration=1458h",
    "history.om",
    "data",
  ];
  execFileSync(promtool, args, {
    cwd: folder,
    env: { ...process.env, GOGC: "400" },
    timeout: LIMIT_SECONDS * 1000,
  });
}

/** The seconds of each group's evaluation, by tool and group, of as many cycles as are looked at. */
async function evaluate(folder, prometheus) {
  const config = `global: { evaluation_interval: ${INTERVAL_SECONDS}s }\nrule_files: [sloth.yaml, ours.yaml]\n`;
  writeFileSync(join(folder, "prometheus.yaml"), config);
  const port = await freePort();
  const child = spawn(
    prometheus,
    [
      "--config.file=prometheus.yaml",
      "--storage.tsdb.path=data",
      "--storage.tsdb.retention.time=10y",
      "--log.level=error",
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: "ignore" },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  try {
    const rounds = [];
    // The first reads the history for the first time.
    for (let cycle = -2; cycle < CYCLES; cycle += 1) {
      await sleep(INTERVAL_SECONDS * 1000);
      const round = await groupSeconds(`http://127.0.0.1:${port}`);
      if (cycle >= 0) rounds.push(round);
    }
    return rounds;
  } finally {
    end();
    await ended;
    process.removeListener("exit", end);
  }
}

async function groupSeconds(url) {
  const { data } = await (await fetch(`${url}/api/v1/rules`)).json();
  const of = (tool) =>
    new Map(
      data.groups
        .filter(({ file }) => file.endsWith(`${tool}.yaml`))
        .map(({ name, evaluationTime, rules }) => {
          const sick = rules.find(({ health }) => health === "err");
          if (sick) throw new Error(`Prometheus cannot evaluate ${sick.name} of ${name}: ${sick.lastError}`);
          return [name, evaluationTime];
        }),
    );
  return { sloth: of("sloth"), ours: of("ours") };
}

function costOf(rounds, groups) {
  const cost = { seconds: 0, perMinute: 0 };
  for (const group of groups) {
    // The quickest: what it costs when nothing else runs. A group that waits for a processor is timed while it waits.
    const quickest = Math.min(...rounds.map((round) => round.get(group.name)));
    cost.seconds += quickest;
    cost.perMinute += (quickest * 60) / group.seconds;
  }
  return cost;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
