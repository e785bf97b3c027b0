// Terraform's own word on the stacks: its providers' schemas, and what its backends make of their settings.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import type { BackendSpec } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { providerMirror, requireTool } from "../tools/index.ts";
import { shopProject } from "./fixtures/bundled-app.ts";
import { type SynthesisedStack, synthesise } from "./index.ts";

let folder: string;
let terraform: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-terraform-test-"));
  terraform = await requireTool("terraform");
  ({ env } = await providerMirror());
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function stacksWith(backend?: BackendSpec): Promise<SynthesisedStack[]> {
  const { model, environments } = await loadProject(shopProject);
  for (const platform of model.platforms)
    for (const environment of platform.environments) environment.backend = backend ?? environment.backend;
  const outdir = await mkdtemp(join(folder, "out-"));
  return synthesise(model, [...alerts(model), ...dashboards(model)], {
    environments,
    projectRoot: folder,
    outdir,
  });
}

const run = (cwd: string, args: string[], more: Record<string, string> = {}) =>
  execa(terraform, [...args, "-no-color"], {
    cwd,
    env: { ...env, ...more },
    reject: false,
    all: true,
    timeout: 60_000,
  });

describe("terraform validate, with the real providers,", () => {
  const init = ["init", "-backend=false", "-input=false"];

  test("accepts every stack", async () => {
    const stacks = await stacksWith();
    expect(stacks).toHaveLength(12);
    for (const { id, folder: cwd } of stacks) {
      expect((await run(cwd, init)).exitCode, id).toBe(0);
      expect((await run(cwd, ["validate"])).all, id).toContain("Success! The configuration is valid.");
    }
  }, 300_000);

  test("refuses an argument that no provider has, so the test above can fail", async () => {
    const { folder: cwd = "" } = (await stacksWith()).find(({ layer }) => layer === "services") ?? {};
    const file = join(cwd, "cdk.tf.json");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace('"revision_history_limit"', '"revision_history"'),
    );
    await run(cwd, init);
    expect((await run(cwd, ["validate"])).all).toContain("No argument or block type is named");
  }, 120_000);
});

describe("terraform init", () => {
  test("reads and locks state at the stack's own address of an HTTP backend", async () => {
    const { server, asked, address } = await stateServer();
    const [stack] = await stacksWith({ kind: "http", address: `${address}/states` });
    const cwd = stack?.folder ?? "";
    expect((await run(cwd, ["init", "-input=false"])).all).toContain(
      'Successfully configured the backend "http"!',
    );
    await writeFile(join(cwd, "state.json"), '{"version":4,"serial":1,"lineage":"fairlead"}');
    await run(cwd, ["state", "push", "state.json"]);
    server.close();
    expect(asked).toContain("GET /states/shop-local-foundation");
    expect(asked).toContain("POST /states/shop-local-foundation/lock");
    expect(asked).toContain("DELETE /states/shop-local-foundation/lock");
  }, 120_000);

  test("knows every setting of an S3 backend; only credentials are wanting", async () => {
    const [stack] = await stacksWith({
      kind: "s3",
      bucket: "states",
      region: "eu-central-1",
      lockTable: "locks",
    });
    const nobody = {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: folder,
      AWS_SHARED_CREDENTIALS_FILE: folder,
    };
    const { all = "" } = await run(stack?.folder ?? "", ["init", "-input=false"], nobody);
    expect(all).toMatch(
      /No valid credential sources|failed to load shared config|Unable to find|Failed to load/i,
    );
    expect(all).not.toMatch(/Unsupported argument|Missing required/i);
  }, 120_000);
});

/** A server of Terraform's HTTP state protocol that holds nothing and takes everything. */
async function stateServer(): Promise<{ server: Server; asked: string[]; address: string }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split("?")[0]}`);
    const isEmpty = request.method === "GET";
    request.resume().on("end", () => response.writeHead(isEmpty ? 404 : 200).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
