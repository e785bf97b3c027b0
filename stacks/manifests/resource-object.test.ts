import { expect, test } from "vitest";
import { objectOf } from "./resource-object.ts";
import { Untranslatable } from "./untranslatable.ts";

const known = {
  file: (path: string) => `text of ${path}`,
  variable: () => "x",
  attribute: () => "y",
};
const metadata = { name: "a", namespace: "n" };
const of = (type: string, resource: Record<string, unknown>) =>
  objectOf(type, { metadata, ...resource }, known);

test("blocks of one and of many, singular names, numbers as text and octal modes become what the API has", () => {
  const container = {
    name: "main",
    image: "example/main:1",
    port: [{ container_port: 80, host_ip: "127.0.0.1" }],
    env: [{ name: "A", value: "$${b}" }],
    volume_mount: [{ name: "v", mount_path: "/v" }],
    liveness_probe: [{ tcp_socket: [{ port: "80" }] }],
  };
  const spec = {
    replicas: "2",
    service_name: "a",
    selector: { match_labels: { a: "b" } },
    template: [
      {
        metadata: { labels: { a: "b" }, annotations: {} },
        spec: [
          {
            automount_service_account_token: false,
            container: [container],
            volume: [{ name: "v", secret: { secret_name: "s", default_mode: "0440" } }],
            host_aliases: [],
          },
        ],
      },
    ],
    volume_claim_template: [
      { metadata: { name: "d" }, spec: { access_modes: ["ReadWriteOnce"], storage_class_name: null } },
    ],
  };
  expect(
    of("kubernetes_stateful_set_v1", { spec, wait_for_rollout: true, timeouts: { create: "5m" } }),
  ).toEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      replicas: 2,
      serviceName: "a",
      selector: { matchLabels: { a: "b" } },
      template: {
        metadata: { labels: { a: "b" } },
        spec: {
          automountServiceAccountToken: false,
          shareProcessNamespace: false,
          containers: [
            {
              name: "main",
              image: "example/main:1",
              ports: [{ containerPort: 80, hostIP: "127.0.0.1" }],
              env: [{ name: "A", value: "${b}" }],
              volumeMounts: [{ name: "v", mountPath: "/v", mountPropagation: "None" }],
              livenessProbe: { tcpSocket: { port: 80 } },
            },
          ],
          volumes: [{ name: "v", secret: { secretName: "s", defaultMode: 0o440, optional: false } }],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: "d" }, spec: { accessModes: ["ReadWriteOnce"] } }],
    },
  });
});

test("a job that is started by the clock is translated as far as its pod, which ends once", () => {
  const pod = { container: [{ name: "backup", image: "example/backup:1", args: ["now"] }] };
  const job_template = [
    { metadata: {}, spec: [{ backoff_limit: 2, template: [{ metadata: {}, spec: [pod] }] }] },
  ];
  const spec = { schedule: "0 3 * * *", concurrency_policy: "Forbid", job_template };
  expect(of("kubernetes_cron_job_v1", { spec }).spec).toEqual({
    schedule: "0 3 * * *",
    concurrencyPolicy: "Forbid",
    jobTemplate: {
      metadata: {},
      spec: {
        ...{ backoffLimit: 2, completions: 1, manualSelector: false, parallelism: 1 },
        template: {
          metadata: {},
          spec: {
            automountServiceAccountToken: true,
            shareProcessNamespace: false,
            containers: [{ name: "backup", image: "example/backup:1", args: ["now"] }],
            restartPolicy: "Never",
          },
        },
      },
    },
  });
});

test("what the provider says where a stack says nothing is said", () => {
  expect(of("kubernetes_service_account_v1", {})).toMatchObject({ automountServiceAccountToken: true });
  expect(objectOf("kubernetes_config_map_v1", { metadata: { name: "a" } }, known).metadata.namespace).toBe(
    "default",
  );
  expect(objectOf("kubernetes_namespace_v1", { metadata: { name: "a" } }, known).metadata).toEqual({
    name: "a",
  });
});

test("a Secret is rendered from generated files, encoded, and never from a value", () => {
  const data = { "a.yaml": '${file("${path.module}/generated/alerts/a.yaml")}' };
  expect(of("kubernetes_secret_v1", { data }).data).toEqual({
    "a.yaml": Buffer.from("text of ./generated/alerts/a.yaml").toString("base64"),
  });
  for (const wrong of [
    { data: { key: "hunter2" } },
    { data: { key: "${var.key}" } },
    { binary_data: { key: "aHVudGVyMg==" } },
  ]) {
    expect(() => of("kubernetes_secret_v1", wrong)).toThrow("secrets are never rendered");
    expect(() => of("kubernetes_secret_v1", wrong)).not.toThrow("hunter2");
  }
});

test.each([
  ["kubernetes_deployment_v1", { spec: { copies: 1 } }, 'DeploymentSpec has no field for its "copies"'],
  ["kubernetes_deployment_v1", { specification: {} }, 'Deployment has no field for its "specification"'],
  ["kubernetes_service_v1", { spec: [{ type: "ClusterIP" }, {}] }, "can be said once"],
  ["kubernetes_deployment_v1", { spec: { replicas: "many" } }, "is of another type than the API's"],
  ["kubernetes_config_map_v1", { data: { a: ["b"] } }, "is not a single value"],
  ["kubernetes_config_map_v1_data", {}, "is of type kubernetes_config_map_v1_data"],
  ["random_password", {}, "is of type random_password"],
])("%s with %j is refused", (type, resource, why) => {
  expect(() => of(type, resource)).toThrow(Untranslatable);
  expect(() => of(type, resource)).toThrow(why);
});
