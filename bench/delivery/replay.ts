// The processor time that 10,000 recorded decisions, texts in memory, take to be read, checked and judged again under a policy that was loosened, and that OPA
// takes for the same objectives, weights and totals, its fastest way: one query over all of them in memory. Seeded; prints JSON.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateInputs, Policy } from "../../delivery/gate/decision.ts";
import { evaluate } from "../../delivery/gate/evaluate.ts";
import { recordReader } from "../../delivery/gate/read-record.ts";
import { digestOf, recordOf } from "../../delivery/gate/record.ts";
import { replay } from "../../delivery/replay/replay.ts";
import { canonicalJson } from "../../model/canonical-json.ts";
import { loadProject } from "../../model/project.ts";
import { developmentTool } from "../../tests/development-tool.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import { REGO } from "./rules.ts";

const decisions = 10_000;

const { model } = await loadProject(process.cwd(), { platforms: ["weathervane"] });
const platform = model.platforms.find(({ name }) => name === "weathervane");
const gate = platform?.gates.find(({ policy }) => policy.name === "latency-and-errors");
if (!platform || !gate) throw new Error("WeatherVane has no gate of latency and errors");
const { policy } = gate;

const source = { digest: digestOf("bench"), origin: "bench", at: "2027-06-01T11:00:00Z" };
const random = seededNumbers(1);

/** Around each objective's own number, so that all verdicts come out. */
function inputs(): GateInputs {
  const around = (objective: Policy["objectives"][number]) => {
    const limit = objective.pass?.[0]?.find(({ relative }) => !relative);
    const down = limit?.operator.startsWith("<") ? 1 : -1;
    // A bad one in five.
    return (limit?.value ?? 1) * (1 + down * (random() < 0.2 ? random() / 10 : -random() / 1000));
  };
  const readings = Object.fromEntries(
    policy.objectives.map((one) => [one.name, { value: Math.min(around(one), 1e9), samples: 1000, source }]),
  );
  const accepted = [1, 2, 3, 4, 5].map((day) => ({
    id: `run-${day}`,
    at: `2027-05-0${day}T12:00:00Z`,
    values: { "p95-under-load": 0.17 + random() / 50 },
  }));
  return { at: "2027-06-01T12:00:00Z", readings, accepted };
}

const folder = mkdtempSync(join(tmpdir(), "fairlead-replay-"));
try {
  const kept = Array.from({ length: decisions }, inputs);
  const filed: { id: string; text: string }[] = [];
  for (const one of kept) {
    const about = {
      gate: `weathervane/${gate.name}`,
      environment: "prod",
      platform: { name: "weathervane" },
      policy,
      inputs: one,
    };
    const text = canonicalJson(recordOf(evaluate(policy, one), about));
    filed.push({ id: digestOf(text).slice("sha256:".length), text });
  }
  const errors = policy.objectives.find(({ name }) => name === "errors-under-load");
  for (const criterion of errors?.pass?.flat() ?? []) criterion.value *= 2;

  const { seconds, given: found } = timed(() => {
    const read = recordReader();
    const records = function* () {
      for (const { id, text } of filed) yield { id, record: read(id, text) };
    };
    return replay(records(), model);
  });
  const judged = timed(() => kept.map((one) => evaluate(policy, one).verdict));
  process.stdout.write(
    JSON.stringify({
      ...{ decisions, replayed: found.replayed, flips: found.flips.length, seconds },
      ...{ judgeSeconds: judged.seconds, opa: await byOpa(kept, judged.given) },
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What a step gave, and the seconds of processor time that it took: on a machine that others use as well a clock would measure them. */
function timed<T>(step: () => T): { seconds: number; given: T } {
  const before = process.cpuUsage();
  const given = step();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, given };
}

/** Seconds of processor time that OPA takes to judge the same inputs by the same policy, and whether it says the same of each; or why there is no OPA. */
async function byOpa(
  kept: readonly GateInputs[],
  ours: readonly string[],
): Promise<{ seconds: number; same: boolean } | { missing: string }> {
  const opa = await developmentTool("opa").catch((error: Error) => ({ missing: error.message }));
  if (typeof opa !== "string") return opa;
  const [rules, input] = [join(folder, "rules.rego"), join(folder, "input.json")];
  writeFileSync(rules, REGO);
  writeFileSync(input, JSON.stringify({ policy, all: kept.map(valuesOf) }));
  const ask = (query: string) => {
    const before = childSeconds();
    const args = ["eval", "--metrics", "--format", "json", "--data", rules, "--input", input, query];
    const answer = JSON.parse(
      execFileSync(opa, args, { encoding: "utf8", maxBuffer: 1e9, timeout: 120_000 }),
    );
    const own = answer.metrics.timer_rego_query_eval_ns / 1e9;
    const seconds = before === undefined ? own : (childSeconds() ?? 0) - before;
    return { seconds, value: answer.result[0].expressions[0].value };
  };
  // What it takes to start, and to read rules and inputs, is no part of judging them.
  const idle = ask("count(input.all)");
  const judging = ask("data.gate.verdicts");
  return {
    seconds: judging.seconds - idle.seconds,
    same: JSON.stringify(judging.value) === JSON.stringify(ours),
  };
}

/** Seconds of processor time of all child processes that ended (proc(5): `cutime` and `cstime`, in hundredths); undefined where there is no /proc. */
function childSeconds(): number | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** What OPA is told of a decision; what it is compared with is looked up once, on both sides. */
function valuesOf(one: GateInputs) {
  const compared = Object.fromEntries(
    evaluate(policy, one).objectives.flatMap((result) =>
      result.compared ? [[result.name, result.compared.value]] : [],
    ),
  );
  const values = Object.entries(one.readings).map(([name, r]) => [name, "value" in r ? r.value : null]);
  return { compared, values: Object.fromEntries(values) };
}
