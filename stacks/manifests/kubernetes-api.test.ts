import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { providerMirror, requireTool } from "../../tools/index.ts";
import { kubernetesApiText } from "../fixtures/kubernetes-api.ts";
import { type FieldType, fieldNamed, fieldsOf, kindOfResource } from "./kubernetes-api.ts";

test("the table of Kubernetes' types is that of the Kubernetes which the local cluster is built from", async () => {
  // After a change of that Kubernetes: vitest --update writes it anew.
  await expect(kubernetesApiText()).toMatchFileSnapshot("./kubernetes-api.json");
}, 300_000);

interface Block {
  attributes?: Record<string, unknown>;
  block_types?: Record<string, { block: Block }>;
}

test("every resource of the real provider that stands for an object is translated, in all of its blocks, except what is named here", async () => {
  const missing = new Set<string>();
  const walk = (type: string, { attributes = {}, block_types = {} }: Block) => {
    for (const name of [...Object.keys(attributes), ...Object.keys(block_types)]) {
      const field = fieldNamed(type, name);
      const inner = field && itemOf(fieldsOf(type)?.[field]);
      const block = block_types[name]?.block;
      if (inner === undefined || (block && !fieldsOf(inner))) missing.add(`${type}.${name}`);
      else if (block) walk(inner, block);
    }
  };
  const kinds = new Set<string>();
  for (const [name, { block }] of Object.entries(await schemas())) {
    const kind = kindOfResource(name);
    if (!kind) continue;
    kinds.add(kind.kind);
    walk(kind.type, block);
  }
  expect([...kinds]).toEqual(
    expect.arrayContaining(["CronJob", "DaemonSet", "Ingress", "Job", "Role", "StatefulSet"]),
  );
  const ofTerraform =
    /\.(id|timeouts|wait_\w+|default_secret_name|target_state|auto_approve|certificate|token|status|(binary_)?data_wo(_revision)?)$/;
  expect([...missing].filter((name) => !ofTerraform.test(name)).sort()).toEqual(NOT_TRANSLATED);
}, 300_000);

/** Volumes of storage that Kubernetes has given up, a volume written in place, and an old way to say the autoscaler's target. */
const NOT_TRANSLATED = [
  "autoscaling.v2.HorizontalPodAutoscalerSpec.target_cpu_utilization_percentage",
  "core.v1.AzureDiskVolumeSource.data_disk_uri",
  "core.v1.AzureFileVolumeSource.secret_namespace",
  "core.v1.GlusterfsVolumeSource.endpoints_name",
  "core.v1.LocalObjectReference.namespace",
  "core.v1.PersistentVolumeSpec.persistent_volume_source",
  "core.v1.RBDVolumeSource.ceph_monitors",
  "core.v1.RBDVolumeSource.rados_user",
  "core.v1.RBDVolumeSource.rbd_image",
  "core.v1.RBDVolumeSource.rbd_pool",
  "core.v1.Secret.binary_data",
  "core.v1.Volume.local",
];

function itemOf(type: FieldType | undefined): string | undefined {
  if (type === undefined || typeof type === "string") return type;
  return itemOf("*" in type ? type["*"] : type[0]);
}

/** What the provider says that its resources hold. */
async function schemas(): Promise<Record<string, { block: Block }>> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-schemas-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const required_providers = { kubernetes: { source: "hashicorp/kubernetes" } };
  await writeFile(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers } }));
  const { env } = await providerMirror();
  const options = { cwd: folder, env, timeout: 120_000 };
  const terraform = await requireTool("terraform");
  await execa(terraform, ["init", "-input=false"], options);
  const { stdout } = await execa(terraform, ["providers", "schema", "-json"], options);
  const [schema] = Object.values(JSON.parse(stdout).provider_schemas) as {
    resource_schemas: Record<string, { block: Block }>;
  }[];
  return schema?.resource_schemas ?? {};
}
