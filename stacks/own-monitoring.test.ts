import type { PlatformInput } from "fairlead";
import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

const services = (path: string, of?: Model) => resource("services", path, of);
const api = "kubernetes_deployment_v1/api_deployment";
const containerOf = (deployment: string) => `${deployment}/spec/template/spec/container/0`;
const podsNamed = (name: string) => ({
  pod_selector: {
    match_labels: { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": name },
  },
});

// What a platform needs that brings its own Prometheus, Alertmanager and Grafana.
describe("a service", () => {
  test("sees files of ConfigMaps and Secrets by name, and those that the catalog writes, word for word", () => {
    const text = "server: '${HOME}' %{x} {{ y }}\n";
    const of = shopWith({
      api: {
        files: {
          "/etc/rules": { configMap: "prometheus-rules" },
          "/etc/keys": { secret: "payment" },
          "/etc/api": { text: { "api.yaml": text } },
        },
      },
    });
    expect(services(containerOf(api), of)).toMatchObject({
      volume_mount: expect.arrayContaining([
        { name: "files-1", mount_path: "/etc/rules", read_only: true },
        { name: "files-2", mount_path: "/etc/keys", read_only: true },
        { name: "files-3", mount_path: "/etc/api", read_only: true },
      ]),
    });
    expect(services(`${api}/spec/template/spec/volume`, of)).toEqual(
      expect.arrayContaining([
        { name: "files-1", config_map: { name: "prometheus-rules" } },
        // PostgreSQL, for one, takes no key that others than its user and group may read.
        { name: "files-2", secret: { secret_name: "payment", default_mode: "0440" } },
        { name: "files-3", config_map: { name: "api-files-3" } },
      ]),
    );
    expect(services("kubernetes_config_map_v1", of)).toMatchObject({
      "api_files-3": {
        metadata: { name: "api-files-3", namespace: "shop-prod" },
        data: { "api.yaml": "server: '$${HOME}' %%{x} {{ y }}\n" },
      },
    });
    expect(services(`${api}/depends_on`, of)).toContain("kubernetes_config_map_v1.api_files-3");
  });

  test("that shows dashboards has all of the platform's in one folder, by whatever names they have", () => {
    const files = { "/dashboards": { generated: "dashboards" } };
    const shown = (prod: object) =>
      services(`${api}/spec/template/spec/volume`, shopWith({ api: { files }, prod }));
    expect(shown({ monitoring: { kind: "plain" } })).toContainEqual({
      name: "files-1",
      projected: [
        {
          sources: [
            { config_map: [{ name: "dashboard-orders" }] },
            { config_map: [{ name: "dashboard-slo-overview" }] },
          ],
        },
      ],
    });
    // With the operator they are applied after the services, which must not wait for them.
    const late = { config_map: [{ name: "dashboard-orders", optional: true }] };
    expect(JSON.stringify(shown({}))).toContain(JSON.stringify(late));
  });

  test("gets a token, and the right to list pods, only when it scrapes", () => {
    expect(services(`${api}/spec/template/spec/automount_service_account_token`)).toBe(false);
    expect(services("kubernetes_role_v1")).toBeUndefined();
    const of = shopWith({ api: { scrapes: true } });
    expect(services(`${api}/spec/template/spec/automount_service_account_token`, of)).toBe(true);
    expect(services("kubernetes_role_v1/api_role/rule", of)).toEqual([
      { api_groups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
    expect(services("kubernetes_role_binding_v1/api_role-binding", of)).toMatchObject({
      role_ref: { kind: "Role", name: "api" },
      subject: [{ kind: "ServiceAccount", name: "api", namespace: "shop-prod" }],
    });
  });

  test("that scrapes reaches the metrics of services that it does not call", () => {
    const measured = { metrics: { port: "store" }, scrapes: false };
    const scraping = (store: object) =>
      modelOf(
        [
          {
            ...shop,
            parts: shop.parts.map((part) =>
              part.services?.api && part.services.store
                ? {
                    ...part,
                    services: {
                      api: { ...part.services.api, dependsOn: [], scrapes: true },
                      store: { ...part.services.store, ...store },
                    },
                  }
                : part,
            ),
          } as PlatformInput,
        ],
        policies,
      );
    const egress = "kubernetes_network_policy_v1/api_network-policy/spec/egress";
    const toStore = { to: [podsNamed("store")], ports: [{ port: "6379", protocol: "TCP" }] };
    expect(services(egress, scraping(measured))).toContainEqual(toStore);
    expect(services(egress, scraping({}))).not.toContainEqual(toStore);
  });
});
