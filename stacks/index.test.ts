import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import type { Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { artifacts, artifactsOf, model, shopWith } from "./fixtures/reviewed.ts";
import { stacks, synthesise } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-stacks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file below a folder, with its content. */
async function filesBelow(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(root.length), await readFile(path, "utf8")])),
  );
}

describe("what is synthesised", () => {
  const environmentsOf = (options: { platforms?: string[]; environments?: string[] }) =>
    synthesise(model, artifacts, { ...options, projectRoot: folder, outdir: join(folder, "selected") }).map(
      ({ id }) => id,
    );

  test("is the local environment alone when none is named", () => {
    expect(environmentsOf({})).toEqual([
      "shop-local-foundation",
      "shop-local-services",
      "shop-local-observability",
    ]);
  });

  test("is production only when it is named", () => {
    expect(environmentsOf({ environments: ["prod"] })).toEqual([
      "shop-prod-foundation",
      "shop-prod-services",
      "shop-prod-observability",
    ]);
    expect(environmentsOf({ platforms: ["other"] })).toEqual([]);
  });

  test("an environment of another platform's local name is not local by its name", () => {
    const staging = modelOf([shop], policies);
    for (const environment of staging.platforms[0]?.environments ?? []) environment.stage = "staging";
    const options = { projectRoot: folder, outdir: join(folder, "none") };
    expect(synthesise(staging, artifactsOf(staging), options)).toEqual([]);
  });

  test("services wait for files that they may mount, and the operator's kinds wait for the services", async () => {
    environmentsOf({ environments: ["local", "prod"] });
    const manifest = JSON.parse(await readFile(join(folder, "selected", "manifest.json"), "utf8"));
    const waitsFor = (stack: string) => manifest.stacks[stack].dependencies;
    expect(waitsFor("shop-local-foundation")).toEqual([]);
    expect(waitsFor("shop-local-observability")).toEqual(["shop-local-foundation"]);
    expect(waitsFor("shop-local-services")).toEqual(["shop-local-foundation", "shop-local-observability"]);
    expect(waitsFor("shop-prod-services")).toEqual(["shop-prod-foundation"]);
    expect(waitsFor("shop-prod-observability")).toEqual(["shop-prod-foundation", "shop-prod-services"]);
  });
});

describe("the output", () => {
  const environments = ["local", "prod"];

  test("is the same in any folder, byte for byte, and names none", async () => {
    for (const name of ["here", "elsewhere"]) {
      const root = join(folder, name);
      synthesise(model, artifacts, { environments, projectRoot: root, outdir: join(root, "cdktf.out") });
    }
    const here = await filesBelow(join(folder, "here", "cdktf.out"));
    expect(here).toEqual(await filesBelow(join(folder, "elsewhere", "cdktf.out")));
    expect(Object.keys(here)).toHaveLength(6 + 1 + artifacts.filter(({ path }) => isDeployed(path)).length);
    expect(Object.values(here).join("\n")).not.toContain(folder);
  });

  test("for review holds neither cdktf's notes nor its version", () => {
    const files = stacks(model, artifacts);
    expect(files.map(({ path }) => path)).toEqual([
      "generated/stacks/shop/prod/foundation.tf.json",
      "generated/stacks/shop/prod/services.tf.json",
      "generated/stacks/shop/prod/observability.tf.json",
    ]);
    for (const { content } of files) expect(content).not.toMatch(/"\/\/"|0\.21|uniqueId/);
    expect(stacks(model, artifacts)).toEqual(files);
  });

  test("for review is what is deployed, but for cdktf's notes", async () => {
    const options = { environments: ["prod"], projectRoot: ".", outdir: join(folder, "deployed") };
    const withoutNotes = (key: string, value: unknown) => (key === "//" ? undefined : value);
    for (const { layer, folder: of } of synthesise(model, artifacts, options)) {
      const reviewed = stacks(model, artifacts).find(({ path }) => path.endsWith(`/${layer}.tf.json`));
      const deployed = await readFile(join(of, "cdk.tf.json"), "utf8");
      expect(JSON.parse(reviewed?.content ?? "")).toEqual(JSON.parse(deployed, withoutNotes));
    }
  });

  test("holds each generated file once, unchanged, beside the stack that refers to it", async () => {
    const written = synthesise(model, artifacts, {
      environments,
      projectRoot: folder,
      outdir: join(folder, "files"),
    });
    const observability = written.find(({ id }) => id === "shop-prod-observability")?.folder ?? "";
    const stack = await readFile(join(observability, "cdk.tf.json"), "utf8");
    const deployed = artifacts.filter(({ path }) => path.includes("/shop/prod/") && !isForPlainFiles(path));
    expect(deployed.length).toBeGreaterThan(5);
    for (const { path, content } of deployed) {
      expect(stack).toContain(`\${path.module}/${path}`);
      expect(await readFile(join(observability, path), "utf8")).toBe(content);
    }
  });

  test("takes any provider that the stacks were tried with, not only the one version of the npm bindings", async () => {
    const [stack] = synthesise(model, artifacts, {
      environments,
      projectRoot: folder,
      outdir: join(folder, "pins"),
    });
    const { terraform } = JSON.parse(await readFile(join(stack?.folder ?? "", "cdk.tf.json"), "utf8"));
    expect(terraform.required_providers).toEqual({
      kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.38.0, < 4.0.0" },
    });
  });

  test("loses the files that are no longer generated", () => {
    const options = { projectRoot: folder, outdir: join(folder, "stale") };
    const [, , watched] = synthesise(model, artifacts, options);
    const file = join(watched?.folder ?? "", "generated/dashboards/shop/local/orders.json");
    expect(existsSync(file)).toBe(true);
    synthesise(model, alerts(model), options);
    expect(existsSync(file)).toBe(false);
  });

  test("without a file that a stack needs is an error, not a stack without it", () => {
    const options = { projectRoot: folder, outdir: join(folder, "lacking") };
    expect(() => synthesise(model, [], options)).toThrow("alerts made no prometheus.yaml for shop in local");
  });

  function isDeployed(path: string): boolean {
    return (
      /^generated\/(alerts|dashboards)\/shop\/(local|prod)\//.test(path) &&
      !(path.includes("/prod/") && isForPlainFiles(path))
    );
  }

  // The operator has kinds of its own for both.
  function isForPlainFiles(path: string): boolean {
    return /\/(prometheus|alertmanager)\.yaml$/.test(path);
  }
});

describe("state", () => {
  const backendOf = (of: Model, stateFolder?: string) => {
    const outdir = join(folder, "state", "cdktf.out");
    const options = {
      environments: ["prod"],
      projectRoot: join(folder, "state"),
      outdir,
      ...(stateFolder && { stateFolder }),
    };
    const [stack] = synthesise(of, artifactsOf(of), options);
    return readFile(join(stack?.folder ?? "", "cdk.tf.json"), "utf8").then(
      (text) => JSON.parse(text).terraform.backend,
    );
  };

  test.each([
    [
      { kind: "local", folder: "keep/state" },
      { local: { path: "../../../keep/state/shop-prod-foundation.tfstate" } },
    ],
    [
      { kind: "s3", bucket: "states", region: "eu-central-1", lockTable: "locks" },
      {
        s3: {
          bucket: "states",
          dynamodb_table: "locks",
          encrypt: true,
          key: "shop-prod-foundation.tfstate",
          region: "eu-central-1",
        },
      },
    ],
    [
      { kind: "s3", bucket: "states", region: "eu-central-1", endpoint: "https://objects.example" },
      {
        s3: {
          bucket: "states",
          encrypt: true,
          endpoints: { s3: "https://objects.example" },
          key: "shop-prod-foundation.tfstate",
          region: "eu-central-1",
          skip_credentials_validation: true,
          skip_metadata_api_check: true,
          skip_region_validation: true,
          skip_requesting_account_id: true,
          skip_s3_checksum: true,
          use_lockfile: true,
          use_path_style: true,
        },
      },
    ],
    [
      { kind: "kubernetes", namespace: "terraform-state" },
      {
        kubernetes: {
          config_context: "shop-prod",
          namespace: "terraform-state",
          secret_suffix: "shop-prod-foundation",
        },
      },
    ],
    [
      { kind: "http", address: "https://states.example/shop" },
      {
        http: {
          address: "https://states.example/shop/shop-prod-foundation",
          lock_address: "https://states.example/shop/shop-prod-foundation/lock",
          lock_method: "POST",
          unlock_address: "https://states.example/shop/shop-prod-foundation/lock",
          unlock_method: "DELETE",
        },
      },
    ],
  ])("of %j has the stack's id as its key", async (backend, expected) => {
    expect(await backendOf(shopWith({ prod: { backend } }))).toEqual(expected);
  });

  test("on disk can be kept elsewhere for one run", async () => {
    const local = shopWith({ prod: { backend: { kind: "local" } } });
    expect(await backendOf(local, `../\${other}`)).toEqual({
      local: { path: `../../../../$\${other}/shop-prod-foundation.tfstate` },
    });
  });
});

test("nothing that the catalog says is evaluated by Terraform", () => {
  const evil = `\${evil} %{evil}`;
  const hostile = shopWith({
    api: {
      title: evil,
      description: evil,
      args: [evil],
      env: { EVIL: evil },
      egress: [{ cidr: "10.0.0.0/8", port: 1, why: evil }],
    },
    volume: { title: evil },
  });
  const files = stacks(hostile, artifactsOf(hostile)).map(({ content }) => content);
  expect(files.join("")).toContain(`$\${evil} %%{evil}`);
  expect(files.join("")).not.toMatch(/(?<!\$)\$\{evil|(?<!%)%\{evil/);
});
