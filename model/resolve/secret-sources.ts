import type { EnvironmentSpec } from "../../catalog/environment.ts";
import type { DescribedEntry } from "../described.ts";
import type { Environment } from "../model.ts";
import { at } from "../problems.ts";
import { type SecretSource, secretsReadIn, sourceOf } from "../secret-sources.ts";
import type { Scope } from "./scope.ts";

type Entry = DescribedEntry<EnvironmentSpec>;
type Reading = Pick<Environment, "services" | "receivers">;

/** Secrets that a deploy brings, by name, each with the keys that services and receivers of this environment read. */
export function resolveSecretSources({ spec, origin }: Entry, reading: Reading): SecretSource[] {
  const read = secretsReadIn(reading);
  return Object.entries(spec.secrets)
    .flatMap(([name, source]) => {
      const keys = [...(read.get(name) ?? [])];
      const about = {
        name,
        origin: { ...origin, ...at(origin, "secrets", name), label: `${origin.label}.secrets.${name}` },
        keys,
      };
      return sourceOf(source, about) ?? [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether each Secret that is named is read, and brings all that is read of it. */
export function checkSecretSources(scope: Scope, { spec, origin }: Entry, reading: Reading): void {
  const { described, problems, references } = scope;
  // Who reads a Secret is not known where that could not be read.
  if (described.unread.has("services") || described.unread.has("routing")) return;
  const read = secretsReadIn(reading);
  for (const [name, source] of Object.entries(spec.secrets)) {
    const place = at(origin, "secrets", name);
    const keys = [...(read.get(name) ?? [])].sort();
    if (!references.among("Secret", name, [...read.keys()], { ...place, key: true })) continue;
    if (source.kind === "written" && keys.length + source.keys.length === 0)
      problems.add("secret/no-keys", place, `nothing says which keys "${name}" has: it is mounted as files`, {
        fix: 'name them: keys: ["tls.crt", "tls.key"]',
      });
    if (source.kind !== "external") continue;
    for (const key of keys.filter((one) => !(one in source.keys)))
      problems.add(
        "secret/key-missing",
        { ...place, path: [...place.path, "keys"] },
        `"${key}" of "${name}" is read, and nothing says where it is in the store`,
        {
          fix: `add it under keys: "${key}": { from: "…" }`,
        },
      );
  }
}
