import type { PlatformInput } from "fairlead";
import { describe, expect, test } from "vitest";
import { schedule } from "../../catalog/upkeep.ts";
import { modelOf, problemsOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { artifactsOf, resource } from "../fixtures/reviewed.ts";
import { stacks } from "../index.ts";

const postgres = {
  title: "PostgreSQL",
  description: "Keeps orders.",
  image: "postgres:17.2",
  ports: { postgres: 5432 },
  probes: { readiness: { tcp: "postgres" }, liveness: { tcp: "postgres" } },
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
  scaling: { replicas: 1 },
  env: { POSTGRES_DB: "orders ${x}", POSTGRES_USER: "shop" },
  secrets: { POSTGRES_PASSWORD: { secret: "shop-postgres", key: "password" } },
  mounts: { "/data": "store-data" },
  user: 999,
  backup: { schedule: "0 2 * * *", keep: 7, to: "receipts", restoreTest: "0 4 * * 0" },
  vacuum: { schedule: "0 3 * * 6" },
  logRotation: { schedule: "5 0 * * *", folder: "/data/log", keep: 5 },
};
const withPostgres = (change: object = {}) =>
  ({
    ...shop,
    parts: shop.parts.map((part) => ({
      ...part,
      ...(part.services && { services: { ...part.services, postgres: { ...postgres, ...change } } }),
      ...(part.volumes && {
        volumes: { ...part.volumes, "store-data": { title: "Orders", size: "2Gi", access: "single" } },
      }),
    })),
  }) as PlatformInput;

describe("a PostgreSQL's chores (NX-8, PM-13)", () => {
  const model = modelOf([withPostgres()], policies);
  const services = (path: string) => resource("services", path, model);
  const pod = (chore: string) =>
    services(`kubernetes_cron_job_v1/postgres_${chore}/spec/job_template/spec/template`) as {
      metadata: { labels: Record<string, string> };
      spec: Pod;
    };
  interface Pod {
    container: {
      env: { name: string; value?: string; value_from?: unknown }[];
      volume_mount: { mount_path: string }[];
    }[];
    security_context: Record<string, unknown>;
    affinity?: unknown;
  }

  test("run when the catalog says, one at a time; the restore only by hand", () => {
    const jobs = services("kubernetes_cron_job_v1") as Record<string, { spec: object }>;
    expect(Object.keys(jobs)).toEqual(
      ["backup", "log-rotation", "restore", "restore-test", "vacuum"].map((chore) => `postgres_${chore}`),
    );
    for (const [name, { spec }] of Object.entries(jobs))
      expect(spec).toMatchObject({
        concurrency_policy: "Forbid",
        timezone: "Etc/UTC",
        suspend: name === "postgres_restore",
      });
    expect(services("kubernetes_cron_job_v1/postgres_backup/spec/schedule")).toBe("0 2 * * *");
  });

  test.each(["backup", "restore", "restore-test", "vacuum", "log-rotation"])(
    "%s may as little as the service's pod",
    (chore) => {
      expect(pod(chore).spec).toMatchObject({
        automount_service_account_token: false,
        restart_policy: "Never",
        security_context: {
          run_as_non_root: true,
          run_as_user: "999",
          seccomp_profile: { type: "RuntimeDefault" },
        },
        container: [
          {
            image: "postgres:17.2",
            image_pull_policy: "Always",
            resources: {
              requests: { cpu: "50m", "ephemeral-storage": "64Mi" },
              limits: { memory: "512Mi", "ephemeral-storage": expect.stringMatching(/^\d+Gi$/) },
            },
            security_context: {
              allow_privilege_escalation: false,
              capabilities: { drop: ["ALL"] },
              read_only_root_filesystem: true,
            },
          },
        ],
      });
    },
  );

  test("are given the password by its Secret's name, those that need it, and the database's name as it is", () => {
    const passwords = ["backup", "restore", "vacuum", "restore-test", "log-rotation"].map((chore) =>
      pod(chore).spec.container[0]?.env.find(({ name }) => name === "PGPASSWORD"),
    );
    const byName = {
      name: "PGPASSWORD",
      value_from: { secret_key_ref: { name: "shop-postgres", key: "password" } },
    };
    expect(passwords).toEqual([byName, byName, byName, undefined, undefined]);
    const backup = pod("backup").spec.container[0]?.env;
    expect(backup).toContainEqual({ name: "PGDATABASE", value: "orders $${x}" });
    expect(backup).toContainEqual({ name: "BACKUPS", value: "/kept/backups/postgres" });
  });

  test("reach the database by a policy of their own; those that need no network have none", () => {
    const selected = { "app.kubernetes.io/name": "postgres-upkeep" };
    expect(services("kubernetes_network_policy_v1/postgres_upkeep-policy/spec")).toMatchObject({
      pod_selector: { match_labels: selected },
      egress: [{ ports: [{ port: "5432" }] }],
    });
    expect(services("kubernetes_network_policy_v1/postgres_network-policy/spec/ingress")).toMatchObject([
      { from: [{ pod_selector: { match_labels: selected } }], ports: [{ port: "5432" }] },
    ]);
    expect(pod("backup").metadata.labels).toMatchObject(selected);
    expect(pod("restore-test").metadata.labels["app.kubernetes.io/name"]).toBe("postgres-restore-test");
  });

  test("share copies with the service that mounts them too, and change no group of the database's own files", () => {
    // The API mounts the volume of receipts, as its user.
    expect(pod("backup").spec.security_context).toMatchObject({ fs_group: "10001" });
    const rotation = pod("log-rotation").spec;
    expect(rotation.security_context).toMatchObject({ supplemental_groups: [10_001] });
    expect(rotation.security_context.fs_group).toBeUndefined();
    expect(rotation.container[0]?.volume_mount.map(({ mount_path }) => mount_path)).toContain("/data");
    // Its volume is attached to the node of the service's pod.
    expect(rotation.affinity).toBeDefined();
    expect(pod("backup").spec.container[0]?.volume_mount.map(({ mount_path }) => mount_path)).not.toContain(
      "/data",
    );
  });

  test("are not there where nothing is asked, nor are their scripts", () => {
    const [file] = stacks(modelOf([shop], policies), artifactsOf(modelOf([shop], policies))).filter(
      ({ path }) => path.endsWith("services.tf.json"),
    );
    expect(file?.content).not.toContain("upkeep");
  });
});

describe("what cannot be done is a problem", () => {
  const said = (change: object) => problemsOf([withPostgres(change)], policies);

  test("of another image, without a password, below no mount, and under too long a name", () => {
    expect(said({ image: "mysql:9.1" })).toContain(
      'backup of "postgres": "mysql:9.1" is not a PostgreSQL that is known by its name',
    );
    expect(said({ image: "mysql:9.1", backup: undefined })).toContain('vacuum of "postgres"');
    expect(said({ secrets: {} })).toContain('"postgres" has no password in secrets.POSTGRES_PASSWORD');
    expect(said({ logRotation: { ...postgres.logRotation, folder: "/database" } })).toContain(
      '"/database" lies on no volume of "postgres"',
    );
    expect(said({})).toBe("");
  });

  test("of a volume that is not there, or that one node alone may mount", () => {
    expect(said({ backup: { ...postgres.backup, to: "receipt" } })).toContain("receipts");
    expect(said({ backup: { ...postgres.backup, to: "store-data" } })).toContain(
      "which one node may mount at a time",
    );
  });
});

test.each([
  ["0 2 * * *", true],
  ["*/15 0-6,22 1,15 * 1-5", true],
  ["0 24 * * *", false],
  ["60 2 * * *", false],
  ["0 2 * *", false],
  ["0 2 0 * *", false],
  ["0 2 * * 7", false],
  ["0 6-2 * * *", false],
  ["*/0 * * * *", false],
  ["@daily", false],
  ["0 2 * * *\nCRON_TZ=x", false],
])("a schedule %j is taken: %s", (text, isTaken) => {
  expect(schedule.safeParse(text).success).toBe(isTaken);
});
