// What is measured, and what is asked of it (seconds, MiB).
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import envPaths from "env-paths";
import { deliveryCases } from "./delivery-cases.mjs";
import { deployCases } from "./deploy-cases.mjs";
import { measureRules } from "./measure-rules.mjs";
import { orchestratorCases } from "./orchestrator-cases.mjs";
import { slothSpec } from "./sloth-spec.mjs";
import { stacksCases } from "./stacks-cases.mjs";

const root = resolve(import.meta.dirname, "..");
const cli = join(root, "dist/cli/main.js");
const synth = join(root, "dist/stacks/main.js");

/** A copy of this project, and one of a made-up platform of many services; `remove` takes both away. */
export function projects() {
  const own = mkdtempSync(join(tmpdir(), "fairlead-bench-own-"));
  const fleet = mkdtempSync(join(tmpdir(), "fairlead-bench-fleet-"));
  for (const name of ["catalog", "policies", "docs", "package.json", "tsconfig.json", "cdktf.json"]) {
    cpSync(join(root, name), join(own, name), { recursive: true });
  }
  cpSync(join(root, "bench/fleet"), fleet, { recursive: true });
  writeFileSync(join(fleet, "package.json"), '{ "name": "fleet", "private": true, "type": "module" }\n');
  writeFileSync(join(fleet, "fleet.sloth.yaml"), slothSpec(200));
  for (const folder of [own, fleet]) symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const remove = () => {
    for (const folder of [own, fleet]) rmSync(folder, { recursive: true, force: true });
  };
  return { own, fleet, remove };
}

/** The cases, the comparison first; those with an `edit` are watched, those with a `script` measure by themselves. */
export function cases({ own, fleet }) {
  const without = (folder) => () => rmSync(join(folder, "generated"), { recursive: true, force: true });
  const weathervane = [cli, "generate", "--platform", "weathervane"];
  const cold = () => {
    without(own)();
    // The link leads to this project's own cache.
    rmSync(join(root, "node_modules/.cache/fairlead"), { recursive: true, force: true });
  };
  const prod = { FAIRLEAD_PLATFORM: "weathervane", FAIRLEAD_ENV: "prod" };
  return [
    { name: "node -e 0 (comparison)", cwd: own, args: ["-e", "0"] },
    { name: "fairlead --help", cwd: own, args: [cli, "--help"], target: { seconds: 0.15 } },
    {
      name: "generate WeatherVane, catalog cached",
      cwd: own,
      args: weathervane,
      before: without(own),
      target: { seconds: 1 },
    },
    { name: "generate WeatherVane, nothing cached", cwd: own, args: weathervane, before: cold },
    { name: "generate all platforms, nothing changed", cwd: own, args: [cli, "generate"] },
    {
      name: "watch WeatherVane after one edit",
      cwd: own,
      args: [...weathervane, "--watch"],
      edit: {
        file: "catalog/platforms/weathervane/alerts/resources.ts",
        from: /for: "\d+m"/,
        to: (run) => `for: "${run + 11}m"`,
      },
      target: { seconds: 0.3 },
    },
    ...fleetWatch(fleet),
    { name: "synth WeatherVane prod", cwd: own, args: [synth], env: prod, target: { seconds: 1.5 } },
    ...stacksCases({ own, fleet }),
    {
      name: "start, with its tools built",
      cwd: own,
      args: [cli, "start"],
      target: { seconds: 30 },
      warmUp: 1,
      runs: 3,
      limitSeconds: 180,
    },
    ...orchestratorCases,
    ...deliveryCases,
    ...deployCases,
    ...slothCases(fleet),
    ...[50, 100, 200].map((services) => ({
      name: `generate a fleet of ${services} services with ${services * 5} SLOs`,
      cwd: fleet,
      args: [cli, "generate"],
      env: { FAIRLEAD_BENCH_SERVICES: String(services) },
      before: without(fleet),
      warmUp: 1,
      runs: 3,
      limitSeconds: 60,
      ...(services === 200 && { target: { seconds: 3, memory: 512 } }),
    })),
  ];
}

/** A fleet that is watched, after an edit that changes all its load profiles, and after one that changes one SLO. */
function fleetWatch(fleet) {
  const watched = {
    cwd: fleet,
    args: [cli, "generate", "--watch", "--platform", "fleet"],
    env: { FAIRLEAD_BENCH_SERVICES: "200" },
    warmUp: 1,
    runs: 3,
    target: { seconds: 0.3 },
  };
  const file = "catalog/platforms/fleet/index.ts";
  const name = (what) => `watch a fleet of 200 services with 1000 SLOs after an edit of ${what}`;
  return [
    {
      ...watched,
      name: name("its load profiles"),
      edit: { file, from: 'rate: "5/s"', to: (run) => `rate: "${run + 6}/s"` },
    },
    { ...watched, name: name("one SLO"), edit: { file, from: "? 50 :", to: (run) => `? ${run + 51} :` } },
  ];
}

// What Sloth 0.16 took for these rules on the machine on which the targets were set.
const SLOTH_SECONDS = 0.46;

/** Rules for 1,000 SLOs from one Sloth file: by Sloth itself, where the tests have built it, and by us. And what they cost Prometheus. */
function slothCases(fleet) {
  const [sloth, prometheus, promtool] = ["sloth", "prometheus", "promtool"].map(builtTool);
  const rules = (tool) => `rules of 1,000 SLOs from a Sloth file, by ${tool}`;
  const bySloth = `${rules("Sloth 0.16")} (comparison)`;
  // Nobody is spared the writing: what is written over again may wait for the disk, what is the same need not be written.
  const before = () => {
    for (const name of ["rules", "sloth.yaml"]) rmSync(join(fleet, name), { recursive: true, force: true });
  };
  const common = { cwd: fleet, before, warmUp: 1, runs: 5 };
  const ours = {
    ...common,
    name: rules("fairlead import --rules"),
    args: importRules("fleet.sloth.yaml", "rules"),
  };
  if (!sloth) return [ours];
  const args = ["generate", "-i", "fleet.sloth.yaml", "-o", "sloth.yaml"];
  const compared = {
    name: "rules of 1,000 SLOs from a Sloth file",
    inTurn: [
      { ...common, runs: 15, name: bySloth, program: sloth, args, yardstick: SLOTH_SECONDS },
      { ...ours, target: { times: 1, of: bySloth } },
    ],
  };
  if (!prometheus || !promtool) return [compared];
  return [compared, rulesInPrometheus({ sloth, prometheus, promtool })];
}

const importRules = (spec, folder) => [
  cli,
  "import",
  "sloth",
  spec,
  "--platform",
  "fleet",
  "--rules",
  folder,
];

function rulesInPrometheus(tools) {
  const services = 5;
  const name = (what, tool) => `${what} the rules of ${services * 5} SLOs in Prometheus, ${tool}`;
  const write = (spec, folder) =>
    execFileSync(process.execPath, importRules(spec, folder), { stdio: "pipe" });
  return {
    name: name("evaluating", "Sloth's and ours"),
    async measureAll() {
      const { sloth, ours } = await measureRules({ services, tools, write });
      const row = (what, cost) => ({ name: what, seconds: cost, memory: Number.NaN });
      const [once, minute] = ["evaluating once", "a minute of"];
      return [
        row(name(once, "Sloth's (comparison)"), sloth.seconds),
        {
          ...row(name(once, "ours"), ours.seconds),
          target: { times: 1, of: name(once, "Sloth's (comparison)") },
        },
        row(name(minute, "Sloth's (comparison)"), sloth.perMinute),
        {
          ...row(name(minute, "ours"), ours.perMinute),
          target: { times: 1, of: name(minute, "Sloth's (comparison)") },
        },
      ];
    },
  };
}

/** A tool that Fairlead has built into its cache. */
function builtTool(name) {
  const tools = join(process.env.FAIRLEAD_CACHE ?? envPaths("fairlead", { suffix: "" }).cache, "tools");
  const built = existsSync(tools) ? readdirSync(tools) : [];
  return built.map((folder) => join(tools, folder, name)).find((path) => existsSync(path));
}
