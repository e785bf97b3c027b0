import { existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { moveIntoPlace } from "./build.ts";
import { builds } from "./builds.ts";
import { type CachedBuild, cacheDir, findCachedBuild, platformName } from "./cache.ts";
import { requireTool } from "./find.ts";
import { type InstallOptions, installTools } from "./install.ts";
import {
  askTerraform,
  chooseProviderSource,
  type ProviderChoice,
  type ProviderName,
  providerNames,
  providers,
} from "./provider-choice.ts";

/** Where Terraform gets its providers from, and the environment to run it (or cdktf) with. */
export interface ProviderSource extends ProviderChoice {
  /** To be laid over the environment of every terraform and cdktf call. */
  env: Record<string, string>;
  /** Only with a mirror: what is in it, labelled with the commit it was built from. */
  built?: { source: string; version: string; module: { path: string; version: string } }[];
}

/** Makes both providers available to Terraform, building them for a mirror where its registry is out of reach. */
export async function providerMirror(options: InstallOptions = {}): Promise<ProviderSource> {
  const env = options.env ?? process.env;
  const choice = await chooseProviderSource({ env });
  if (choice.from === "registry") return { ...choice, env: { CHECKPOINT_DISABLE: "1" } };
  const terraform = await requireTool("terraform", { env });
  await installTools(Object.values(providers), options);
  const cached = new Map<ProviderName, CachedBuild>();
  for (const name of providerNames) {
    const build = await findCachedBuild(providers[name], env);
    if (build) cached.set(name, build);
  }
  const mirror = await writeMirror(cached, { terraform, env });
  const configFile = await writeCliConfig(mirror);
  const built = providerNames.map((name) => {
    const { version, module } = builds[providers[name]];
    return { source: `hashicorp/${name}`, version, module };
  });
  return { ...choice, built, env: { TF_CLI_CONFIG_FILE: configFile, CHECKPOINT_DISABLE: "1" } };
}

/** Lays out the folders that Terraform expects of a mirror; the providers' full addresses come from Terraform. */
async function writeMirror(
  cached: ReadonlyMap<ProviderName, CachedBuild>,
  run: { terraform: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const root = join(cacheDir(run.env), "providers");
  const inputs = [...cached.values()].map((build) => build.record.inputs.slice(0, 12));
  const mirror = join(root, [platformName(), ...inputs].join("-"));
  if (existsSync(mirror)) return mirror;
  const said = await askTerraform(run.terraform, { args: ["providers"], env: run.env, version: ">= 0.0.0" });
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, ".writing-"));
  for (const [name, build] of cached) {
    const address = new RegExp(`provider\\[([^\\]]+/${name})\\]`).exec(said)?.[1];
    if (!address) throw new Error(`terraform does not tell the address of the provider ${name}:\n${said}`);
    const { version } = build.record;
    const folder = join(work, address, version, platformName().replace("-", "_"));
    await mkdir(folder, { recursive: true });
    const from = join(build.folder, providers[name]);
    const to = join(folder, `${providers[name]}_v${version}`);
    await link(from, to).catch(() => copyFile(from, to));
  }
  await moveIntoPlace(work, mirror);
  await rm(work, { recursive: true, force: true });
  return mirror;
}

/** Terraform CLI configuration: our two providers from the mirror, any other from where it always comes. */
async function writeCliConfig(mirror: string): Promise<string> {
  const ours = JSON.stringify(providerNames.map((name) => `hashicorp/${name}`));
  const text = `disable_checkpoint = true

provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${ours}
  }
  direct {
    exclude = ${ours}
  }
}
`;
  const file = `${mirror}.tfrc`;
  if ((await readFile(file, "utf8").catch(() => undefined)) === text) return file;
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
  return file;
}
