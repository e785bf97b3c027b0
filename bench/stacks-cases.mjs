// The stacks: of everything that there is, of more and more services, and beside a plain cdktf program of the same resources.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { bundling } from "../bundling.mjs";
import { measure } from "./measure.mjs";
import { plainProgram } from "./plain-cdktf.mjs";

const root = resolve(import.meta.dirname, "..");
const synth = join(root, "dist/stacks/main.js");
const EVERYWHERE = "local,dev,staging,prod,edge,hybrid-cloud,hybrid-onprem";
const [WARM_UP, RUNS] = [1, 5];

/** `own` is a copy of this project, `fleet` one of a made-up platform. */
export function stacksCases({ own, fleet }) {
  const env = { FAIRLEAD_ENV: EVERYWHERE, CDKTF_OUTDIR: "cdktf.out" };
  const everything = {
    name: "synth all platforms and environments in one process",
    ...{ cwd: own, args: [synth], env, warmUp: WARM_UP, runs: RUNS, target: { seconds: 5, memory: 700 } },
  };
  const fleets = [50, 100, 200].map((services) => ({
    name: fleetOf(services),
    ...{ cwd: fleet, args: [synth], warmUp: WARM_UP, runs: RUNS },
    env: {
      FAIRLEAD_ENV: "staging",
      FAIRLEAD_BENCH_SERVICES: String(services),
      FAIRLEAD_BENCH_OBSERVED: "10",
    },
    ...(services > 50 && { target: { times: services / 50, of: fleetOf(50) } }),
  }));
  return [besidePlain(everything), ...fleets];
}

const fleetOf = (services) => `synth a fleet of ${services} services`;

/** All stacks, in turn with a plain program of their resources, bundled without what makes ours faster (the plugins of bundling.mjs). */
function besidePlain(everything) {
  const name = "a plain cdktf program of the same resources";
  return {
    name: everything.name,
    async measureAll() {
      execFileSync(process.execPath, everything.args, {
        cwd: everything.cwd,
        env: { ...process.env, ...everything.env },
      });
      const synthesised = join(everything.cwd, "cdktf.out");
      const outdir = join(everything.cwd, "plain.out");
      const outfile = join(root, "node_modules/.cache/fairlead-bench/plain-cdktf.mjs");
      const stdin = { contents: plainProgram(synthesised, outdir), resolveDir: root, loader: "js" };
      buildSync({ ...bundling(), plugins: [], stdin, outfile });
      const plain = { ...everything, name: `${name} (comparison)`, args: [outfile], target: undefined };
      execFileSync(process.execPath, plain.args, { cwd: plain.cwd });
      expectSameStacks(synthesised, outdir);
      const cases = [plain, everything];
      const medians = await measure(cases);
      const target = { ...everything.target, times: 1.2, of: plain.name };
      return [
        { ...plain, ...medians[0] },
        { ...everything, ...medians[1], target },
      ];
    },
  };
}

/** Throws unless both folders hold the same stacks, but for where in its tree cdktf had each resource. */
function expectSameStacks(one, other) {
  const read = (folder, id) => {
    const text = readFileSync(join(folder, "stacks", id, "cdk.tf.json"), "utf8");
    return JSON.stringify(JSON.parse(text, (key, value) => (key === "//" ? undefined : value)));
  };
  for (const id of readdirSync(join(one, "stacks")))
    if (read(one, id) !== read(other, id)) throw new Error(`the plain program makes another ${id}`);
}
