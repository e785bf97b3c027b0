import {
  k6Operator,
  kubePrometheusStack,
  postgresql,
  postgresqlOperator,
} from "fairlead/packs/helm-releases";
import { describe, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { resource, shopWith } from "./fixtures/reviewed.ts";

const foundation = (path: string, of: Model) => resource("foundation", path, of);
const withReleases = (helmReleases: object) => shopWith({ prod: { helmReleases } });

describe("a Helm release of the foundation (issue 8, part 2)", () => {
  const data = withReleases({
    ...postgresqlOperator(),
    ...postgresql({ namespace: "shop-data", after: ["cloudnative-pg"], callers: ["api"] }),
  });

  test("is one exact chart, which is rolled back when its pods do not get ready", () => {
    expect(foundation("helm_release/cloudnative-pg", data)).toMatchObject({
      name: "cloudnative-pg",
      repository: "https://cloudnative-pg.github.io/charts",
      chart: "cloudnative-pg",
      version: "0.28.0",
      namespace: "cnpg-system",
      ...{ atomic: true, cleanup_on_fail: true, timeout: 600 },
      values: [`{\n  "replicaCount": 2\n}\n`],
      lifecycle: { prevent_destroy: true },
    });
  });

  test("comes after its namespace and after what it waits for", () => {
    expect(foundation("helm_release/postgresql/depends_on", data)).toEqual([
      "kubernetes_namespace_v1.namespace_shop-data",
      "helm_release.cloudnative-pg",
    ]);
    expect(foundation("kubernetes_namespace_v1/namespace_shop-data/metadata", data)).toMatchObject({
      name: "shop-data",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
  });

  test("is reached by those alone that call it, at its ports", () => {
    const egress = (service: string) =>
      JSON.stringify(
        resource("services", `kubernetes_network_policy_v1/${service}_network-policy/spec/egress`, data),
      );
    expect(egress("api")).toContain(
      '{"ports":[{"port":"5432","protocol":"TCP"}],"to":[{"namespace_selector":{"match_labels":{"kubernetes.io/metadata.name":"shop-data"}}}]}',
    );
    expect(egress("store")).not.toContain("shop-data");
  });

  test("may see the node where it has to, and may stand in a namespace that is there", () => {
    const model = withReleases({ ...kubePrometheusStack(), ...k6Operator({ createNamespace: false }) });
    const labels = foundation("kubernetes_namespace_v1/namespace_monitoring/metadata/labels", model);
    expect(labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "privileged" });
    expect(foundation("kubernetes_namespace_v1/namespace_k6-operator", model)).toBeUndefined();
  });

  test("takes values literally, whatever they hold", () => {
    const evil = `\${evil} %{evil} TfToken[TOKEN.0] "quoted"`;
    const model = withReleases(k6Operator({ values: { [evil]: evil } }));
    const [values] = foundation("helm_release/k6-operator/values", model) as string[];
    expect(values).not.toMatch(/(?<!\$)\$\{evil|(?<!%)%\{evil/);
  });
});
