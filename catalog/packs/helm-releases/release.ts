import type { HelmReleaseInput, PlainValue } from "../../helm-release.ts";

/** What a platform says of a ready-made Helm release. */
export interface Choice<S extends string = string>
  extends Pick<HelmReleaseInput<{ service: S }>, "after" | "callers" | "createNamespace" | "timeout"> {
  namespace?: string;
  /** Instead of the version that is pinned here. */
  version?: string;
  /** Values of the chart, laid over those of here: maps are merged, all else is replaced. */
  values?: { readonly [key: string]: PlainValue };
}

/** What a platform says of a release that it has for itself, in a namespace of its own. */
export type OwnChoice<S extends string = string> = Choice<S> & { namespace: string };

/** A release that is ready-made; who calls it the platform says. */
type Ready = Omit<HelmReleaseInput, "callers">;

/** A ready-made release by its name, for whatever a platform says otherwise. */
export function ready<N extends string>(name: N, release: Ready) {
  return <S extends string = never>(choice: Choice<S> = {}) => chosen({ name, release, choice });
}

/** The same of a release that each platform has for itself. */
export function readyIn<N extends string>(name: N, release: Omit<Ready, "namespace">) {
  return <S extends string = never>(choice: OwnChoice<S>) =>
    chosen({ name, release: { ...release, namespace: choice.namespace }, choice });
}

function chosen<N extends string, S extends string>(of: { name: N; release: Ready; choice: Choice<S> }) {
  const { values = {}, ...more } = of.choice;
  const release: HelmReleaseInput<{ service: S }> = {
    ...of.release,
    ...more,
    values: merged(of.release.values ?? {}, values),
  };
  return { [of.name]: release } as { [K in N]: typeof release };
}

type Values = { readonly [key: string]: PlainValue };

function merged(below: Values, above: Values): Values {
  const both = Object.entries(above).map(([key, value]): [string, PlainValue] => {
    const under = below[key];
    return [key, isMap(under) && isMap(value) ? merged(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(both) };
}

function isMap(value: PlainValue | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
