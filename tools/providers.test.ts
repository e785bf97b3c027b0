import { existsSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { cacheDir } from "./cache.ts";
import { temporaryFolder } from "./fake-tools.ts";
import { findTool } from "./find.ts";
import { chooseProviderSource } from "./provider-choice.ts";
import { providerMirror } from "./providers.ts";

const [terraform, kubernetes, helm] = await Promise.all(
  (["terraform", "terraform-provider-kubernetes", "terraform-provider-helm"] as const).map((name) =>
    findTool(name),
  ),
);
const hasTerraform = terraform?.where === "path";
const hasProviders = kubernetes?.where === "cache" && helm?.where === "cache";

/** The environment of a user with nothing built and a Terraform configuration of their own. */
async function withConfiguration(text: string, more: NodeJS.ProcessEnv = {}): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "user.tfrc"), text);
  const env = { ...process.env, FAIRLEAD_PROVIDERS: "", FAIRLEAD_CACHE: join(folder, "cache"), ...more };
  return { ...env, TF_CLI_CONFIG_FILE: join(folder, "user.tfrc") };
}

/** A cache that has the real builds and no mirror yet. */
async function builtProviders(): Promise<NodeJS.ProcessEnv> {
  const cache = await temporaryFolder();
  await symlink(join(cacheDir(), "tools"), join(cache, "tools"));
  return { ...process.env, FAIRLEAD_PROVIDERS: "mirror", FAIRLEAD_CACHE: cache };
}

/** Sends Terraform's questions about its registry to a port of this machine instead. */
async function registryAt(port: number): Promise<string> {
  const folder = await temporaryFolder();
  const required = { probe: { source: "hashicorp/kubernetes" } };
  await writeFile(
    join(folder, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: required } }),
  );
  const { stdout } = await execa("terraform", ["providers"], { cwd: folder, timeout: 15_000 });
  const host = /provider\[([^/\]]+)\//.exec(stdout)?.[1];
  return `host "${host}" {\n  services = { "providers.v1" = "http://127.0.0.1:${port}/" }\n}\n`;
}

async function portOfServer(): Promise<number> {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ versions: [{ version: "3.2.1", protocols: ["5.0"], platforms: [] }] }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("where providers come from", () => {
  test.each(["registry", "mirror"] as const)("FAIRLEAD_PROVIDERS=%s has the last word", async (from) => {
    const env = await withConfiguration("provider_installation {}\n", { FAIRLEAD_PROVIDERS: from });
    expect(await chooseProviderSource({ env })).toEqual({ from, reason: `FAIRLEAD_PROVIDERS=${from}` });
  });

  test("another value of FAIRLEAD_PROVIDERS is a problem, not a guess", async () => {
    const env = await withConfiguration("", { FAIRLEAD_PROVIDERS: "miror" });
    await expect(chooseProviderSource({ env })).rejects.toThrow('FAIRLEAD_PROVIDERS is "miror"');
  });

  test("a provider installation of the user's own is left alone", async () => {
    const env = await withConfiguration("provider_installation {\n  direct {}\n}\n");
    expect(await chooseProviderSource({ env })).toMatchObject({ from: "registry" });
    expect((await providerMirror({ env })).env).toEqual({ CHECKPOINT_DISABLE: "1" });
  });

  test.runIf(hasTerraform)("a registry that Terraform reaches is used", async () => {
    const env = await withConfiguration(await registryAt(await portOfServer()));
    const choice = await chooseProviderSource({ env });
    expect(choice).toEqual({ from: "registry", reason: "Terraform reaches its registry" });
  });

  test.runIf(hasTerraform)("a registry that Terraform does not reach calls for the mirror", async () => {
    // Nothing listens on port 9 of the loopback address.
    const env = await withConfiguration(await registryAt(9));
    const choice = await chooseProviderSource({ env });
    expect(choice).toEqual({ from: "mirror", reason: "Terraform does not reach its registry" });
  });
});

describe.runIf(hasTerraform && hasProviders)("the mirror, with both providers built", () => {
  test("Terraform installs both from it, labelled with their commits, and validates against them", async () => {
    const source = await providerMirror({ env: await builtProviders() });
    const folder = await temporaryFolder();
    await writeFile(join(folder, "main.tf.json"), JSON.stringify(usesBothProviders));
    const run = { cwd: folder, env: source.env, timeout: 60_000 };
    await execa("terraform", ["init", "-input=false", "-no-color"], run);
    const { stdout } = await execa("terraform", ["validate", "-json"], run);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, error_count: 0 });
    const { stdout: version } = await execa("terraform", ["version", "-json"], run);
    const selected = Object.values(JSON.parse(version).provider_selections as Record<string, string>);
    expect(selected.sort()).toEqual(["3.2.0+main.20260629.a4f1c1d", "3.2.1+main.20260821.3a33fb6"]);
  });

  test("what a provider does not know is refused", async () => {
    const source = await providerMirror({ env: await builtProviders() });
    const folder = await temporaryFolder();
    const { resource, ...rest } = usesBothProviders;
    const wrong = { ...rest, resource: { ...resource, helm_release: { broken: { name: "x" } } } };
    await writeFile(join(folder, "main.tf.json"), JSON.stringify(wrong));
    const run = { cwd: folder, env: source.env, timeout: 60_000, reject: false } as const;
    await execa("terraform", ["init", "-input=false"], run);
    const { stdout } = await execa("terraform", ["validate", "-json"], run);
    expect(stdout).toContain('The argument \\"chart\\" is required');
  });

  test("the configuration that names it is there, and its second use changes nothing", async () => {
    const env = await builtProviders();
    const first = await providerMirror({ env });
    expect(existsSync(first.env.TF_CLI_CONFIG_FILE ?? "")).toBe(true);
    expect(await providerMirror({ env })).toEqual(first);
    const inside = await chooseProviderSource({ env: { ...env, FAIRLEAD_PROVIDERS: "", ...first.env } });
    expect(inside.from).toBe("mirror");
  });
});

const usesBothProviders = {
  terraform: {
    required_providers: {
      kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.38.0, < 4.0.0" },
      helm: { source: "hashicorp/helm", version: ">= 3.0.2, < 4.0.0" },
    },
  },
  resource: {
    kubernetes_namespace_v1: { shop: { metadata: { name: "shop" } } },
    helm_release: { cache: { name: "cache", chart: "./chart" } },
  },
};
