import type { EnvironmentSpec } from "../../catalog/environment.ts";
import { helmRelease } from "../../catalog/helm-release.ts";
import { secondsOf } from "../../catalog/units.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { DescribedEntry } from "../described.ts";
import type { HelmRelease } from "../helm-releases.ts";
import { inOrder } from "../in-order.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

type Entry = DescribedEntry<EnvironmentSpec>;

// What the operator's own chart of definitions brings (monitoring.installCrds).
const OPERATOR_KINDS = "monitoring.coreos.com";

/** Helm releases of an environment, by name, with that of the Prometheus operator's definitions where they are asked for. */
export function resolveHelmReleases({ spec, origin }: Entry): HelmRelease[] {
  return Object.entries({ ...operatorCrds(spec), ...spec.helmReleases })
    .map(
      ([name, { values, timeout, ...release }]): HelmRelease => ({
        ...release,
        name,
        origin: {
          ...origin,
          ...at(origin, "helmReleases", name),
          label: `${origin.label}.helmReleases.${name}`,
        },
        values: `${canonicalJson(values, 2)}\n`,
        timeoutSeconds: secondsOf(timeout),
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The Prometheus operator's definitions, from the chart that its community publishes for them alone. The observability layer needs them
 * before it can even be planned (docs/decisions/0012-operator-crds-by-chart.md).
 */
function operatorCrds({ monitoring }: EnvironmentSpec): EnvironmentSpec["helmReleases"] {
  if (monitoring.kind !== "operator" || !monitoring.installCrds) return {};
  const name = "prometheus-operator-crds";
  const release = helmRelease.parse({
    title: "Definitions of the Prometheus operator",
    repository: "https://prometheus-community.github.io/helm-charts",
    chart: name,
    version: "28.0.1",
    namespace: monitoring.namespace,
    createNamespace: false,
    kinds: [OPERATOR_KINDS],
  });
  return { [name]: release } as EnvironmentSpec["helmReleases"];
}

/** Whether each release can be installed: its namespace, what it waits for, who calls it, and whose kinds it brings. */
export function checkHelmReleases(scope: Scope, { spec, origin }: Entry, namespace: string): void {
  const { problems, references } = scope;
  const names = Object.keys(spec.helmReleases);
  for (const [name, release] of Object.entries(spec.helmReleases)) {
    const place = (...more: (string | number)[]) => at(origin, "helmReleases", name, ...more);
    references.checkAll("services", release.callers, place("callers"));
    for (const [i, other] of release.after.entries())
      references.among("Helm release", other, names, place("after", i));
    if (release.namespace === namespace)
      problems.add(
        "helm/own-namespace",
        place("namespace"),
        `"${name}" would stand in the platform's own namespace, which lets nothing through and takes only restricted pods`,
        { fix: `give it a namespace of its own, such as "${name}"` },
      );
  }
  checkOrder(scope, { spec, origin });
  checkKinds(scope, { spec, origin });
}

function checkOrder({ problems }: Scope, { spec, origin }: Pick<Entry, "spec" | "origin">): void {
  const releases = Object.entries(spec.helmReleases).map(([name, { after }]) => ({ name, after }));
  const ordered = inOrder(releases, (one) => one);
  const first = ordered.find(({ after }, i) => ordered.slice(i).some(({ name }) => after.includes(name)));
  if (!first) return;
  const message = `"${first.name}" waits for itself, at once or by what it waits for: ${first.after.join(", ")}`;
  problems.add("helm/cyclic", at(origin, "helmReleases", first.name, "after"), message, {
    fix: "take out one direction",
  });
}

function checkKinds({ problems }: Scope, { spec, origin }: Pick<Entry, "spec" | "origin">): void {
  const { monitoring } = spec;
  const brought = new Map<string, string>();
  if (monitoring.kind === "operator" && monitoring.installCrds)
    brought.set(OPERATOR_KINDS, "monitoring.installCrds");
  for (const [name, { kinds }] of Object.entries(spec.helmReleases))
    for (const [i, group] of kinds.entries()) {
      const by = brought.get(group);
      brought.set(group, by ?? `"${name}"`);
      if (by === undefined) continue;
      const message = `${by} and "${name}" both bring the kinds of ${group}, and a cluster has each once`;
      problems.add("helm/kinds-twice", at(origin, "helmReleases", name, "kinds", i), message, {
        fix: "leave one of the two out",
      });
    }
}
