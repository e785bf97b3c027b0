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

/** A release that is ready-made; who calls it the platform says. */
export type Ready = Omit<HelmReleaseInput, "callers">;

/** A ready-made release with what a platform says otherwise. */
export function chosen<S extends string>(
  ready: Ready,
  { values = {}, ...more }: Choice<S>,
): HelmReleaseInput<{ service: S }> {
  return { ...ready, ...more, values: merged(ready.values ?? {}, values) };
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
