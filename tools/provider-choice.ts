import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { cacheDir, findCachedBuild, type ToolOptions } from "./cache.ts";
import { requireTool } from "./find.ts";

/** The providers that stacks use, by the name they have under `hashicorp/`, and our builds of them. */
export const providers = {
  kubernetes: "terraform-provider-kubernetes",
  helm: "terraform-provider-helm",
} as const;

/** A provider's name under `hashicorp/`. */
export type ProviderName = keyof typeof providers;

/** Every provider's name. */
export const providerNames = Object.keys(providers) as ProviderName[];

/** Where Terraform gets its providers from, and one sentence for a person on why. */
export interface ProviderChoice {
  from: "registry" | "mirror";
  reason: string;
}

/**
 * Decides between Terraform's registry and a mirror of our own. FAIRLEAD_PROVIDERS=registry or mirror has the
 * last word; then a provider installation that the user configured; then a mirror that was needed before;
 * only then Terraform itself is asked, for at most 10 seconds, whether it reaches its registry.
 */
export async function chooseProviderSource(options: ToolOptions = {}): Promise<ProviderChoice> {
  const env = options.env ?? process.env;
  const wanted = env.FAIRLEAD_PROVIDERS;
  if (wanted === "registry" || wanted === "mirror") {
    return { from: wanted, reason: `FAIRLEAD_PROVIDERS=${wanted}` };
  }
  if (wanted) throw new ProblemsError([unknownSource(wanted)]);
  const configured = await ownInstallation(env);
  // Ours, when this process was itself started with what `providerMirror` returned.
  if (configured?.startsWith(cacheDir(env)))
    return { from: "mirror", reason: `${configured} names our mirror` };
  if (configured) return { from: "registry", reason: `${configured} says how providers are installed` };
  const cached = await Promise.all(providerNames.map((name) => findCachedBuild(providers[name], env)));
  if (cached.every((build) => build !== undefined)) {
    return { from: "mirror", reason: "both providers were built here before" };
  }
  return (await reachesRegistry(env))
    ? { from: "registry", reason: "Terraform reaches its registry" }
    : { from: "mirror", reason: "Terraform does not reach its registry" };
}

function unknownSource(wanted: string): Problem {
  return {
    rule: "tool/unknown-provider-source",
    severity: "error",
    message: `FAIRLEAD_PROVIDERS is "${wanted}"`,
    fix: "set it to registry or mirror, or unset it to let Fairlead decide",
  };
}

/** The user's own Terraform CLI configuration, if it says where providers come from. */
async function ownInstallation(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = env.TF_CLI_CONFIG_FILE ?? join(env.HOME ?? homedir(), ".terraformrc");
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\s*provider_installation\b/m.test(text) ? file : undefined;
}

/**
 * Asks Terraform for a version that cannot exist: nothing is downloaded, and its refusal tells whether it
 * could read the registry's list of versions.
 */
async function reachesRegistry(env: NodeJS.ProcessEnv): Promise<boolean> {
  const terraform = await requireTool("terraform", { env });
  const quick = { ...env, TF_REGISTRY_CLIENT_TIMEOUT: "5", TF_REGISTRY_DISCOVERY_RETRY: "0" };
  const said = await askTerraform(terraform, {
    args: ["init", "-backend=false", "-input=false", "-no-color"],
    env: quick,
    version: "0.0.0-none",
  });
  return /no available releases match/.test(said.replace(/\s+/g, " "));
}

/** Runs Terraform in a throw-away folder that requires both providers, and returns all that it said. */
export async function askTerraform(
  terraform: string,
  ask: { args: string[]; env: NodeJS.ProcessEnv; version: string },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-terraform-"));
  try {
    const required = providerNames.map((name) => [
      name,
      { source: `hashicorp/${name}`, version: ask.version },
    ]);
    const configuration = { terraform: { required_providers: Object.fromEntries(required) } };
    await writeFile(join(folder, "main.tf.json"), JSON.stringify(configuration));
    const { TF_CLI_ARGS, TF_CLI_ARGS_init, TF_DATA_DIR, TF_LOG, TF_WORKSPACE, ...env } = ask.env;
    const result = await execa(terraform, ask.args, {
      cwd: folder,
      env: { ...env, CHECKPOINT_DISABLE: "1" },
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
      timeout: 10_000,
      forceKillAfterDelay: 1_000,
    });
    return result.all ?? "";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
