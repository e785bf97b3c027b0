import { parse } from "yaml";
import { Untranslatable } from "./untranslatable.ts";

/** A Helm release of a chart from a repository. */
export interface Chart {
  name: string;
  /** `https://…`, or `oci://…`. */
  repository: string;
  chart: string;
  version: string;
  namespace: string;
  createsNamespace: boolean;
  values: Record<string, unknown>;
  /** Seconds that installing may take. */
  seconds: number;
  isKept: boolean;
}

type Members = Record<string, unknown>;

/** The chart that a `helm_release` installs. What is secret, or cannot be said to every tool, is an Untranslatable. */
export function chartOf(release: Members): Omit<Chart, "isKept"> {
  const { name, repository, chart, version, namespace, create_namespace, values, set, timeout, ...others } =
    release;
  const other = Object.keys(others).find((key) => !OF_HELM_ITSELF.includes(key));
  if (other) throw new Untranslatable(`a Helm release with "${other}" cannot be rendered`);
  if (!version) throw new Untranslatable("a Helm release without a version is another one every day");
  return {
    name: text("name", name),
    repository: text("repository", repository),
    chart: text("chart", chart),
    version: text("version", version),
    namespace: text("namespace", namespace ?? "default"),
    createsNamespace: create_namespace === true,
    values: valuesOf(values, set),
    // The provider's own.
    seconds: Number(timeout ?? 300),
  };
}

// How Helm goes about it when Terraform calls it; a controller has its own ways.
const OF_HELM_ITSELF = [
  ...["atomic", "wait", "wait_for_jobs", "cleanup_on_fail", "dependency_update", "lint", "max_history"],
  ...["upgrade_install", "take_ownership", "description"],
];

function text(attribute: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Untranslatable(`a Helm release without "${attribute}" cannot be rendered`);
}

/** Later values win, and those that are set one by one over all of them. */
function valuesOf(values: unknown, set: unknown): Members {
  const documents = ((values ?? []) as unknown[]).map(
    (document) => (parse(String(document)) ?? {}) as Members,
  );
  const single = ((set ?? []) as { name: string; value: unknown; type?: string }[]).map(
    ({ name, value, type }) => {
      // Helm has a language of its own for lists and commas in these.
      if (!/^[\w-]+(\.[\w-]+)*$/.test(name) || /[,{}\\]/.test(String(value)))
        throw new Untranslatable(
          `a Helm release that sets "${name}" in Helm's own syntax cannot be rendered; use values`,
        );
      const leaf = type === "string" ? String(value) : parse(String(value));
      return name.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), leaf) as Members;
    },
  );
  return [...documents, ...single].reduce<Members>(merged, {});
}

function merged(below: Members, above: Members): Members {
  const isMap = (value: unknown): value is Members =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const members = Object.entries(above).map(([key, value]) => {
    const under = below[key];
    return [key, isMap(value) && isMap(under) ? merged(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(members) };
}
