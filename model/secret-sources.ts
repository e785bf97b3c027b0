import type { SecretSourceSpec } from "../catalog/secret-source.ts";
import { secondsOf } from "../catalog/units.ts";
import type { Environment, Origin, ReceiverSpec, Service } from "./model.ts";

type External = Extract<SecretSourceSpec, { kind: "external" }>;
type Written = Extract<SecretSourceSpec, { kind: "written" }>;

/** A Secret that the deploy brings, with the keys that are read of it. */
export type SecretSource = { name: string; origin: Origin } & (
  | (Omit<External, "refresh"> & { refreshSeconds: number })
  | Written
);

/** A Secret's source with all keys that it has to bring; nothing of one that exists. */
export function sourceOf(
  spec: SecretSourceSpec,
  about: { name: string; origin: Origin; keys: readonly string[] },
): SecretSource | undefined {
  const { name, origin } = about;
  if (spec.kind === "existing") return undefined;
  if (spec.kind === "written")
    return { ...spec, name, origin, keys: [...new Set([...spec.keys, ...about.keys])].sort() };
  const { refresh, ...rest } = spec;
  return { ...rest, name, origin, refreshSeconds: secondsOf(refresh) };
}

/** The Secrets that are read in an environment, and of each the keys that the catalog names; a mounted folder names none. */
export function secretsReadIn({
  services,
  receivers,
}: Pick<Environment, "services" | "receivers">): Map<string, Set<string>> {
  const read = new Map<string, Set<string>>();
  const keysOf = (secret: string) => read.get(secret) ?? read.set(secret, new Set()).get(secret);
  for (const service of services) {
    for (const { secret, key } of Object.values(service.secrets)) keysOf(secret)?.add(key);
    for (const secret of foldersOf(service)) keysOf(secret);
  }
  for (const receiver of Object.values(receivers)) {
    const reference = secretOf(receiver);
    if (reference) keysOf(reference.secret)?.add(reference.key);
  }
  return read;
}

/** Names of the Secrets without which a service's pod does not start. */
export function secretsOfService(service: Service): string[] {
  const variables = Object.values(service.secrets).map(({ secret }) => secret);
  return [...new Set([...variables, ...foldersOf(service)])];
}

/** The Secret and key that hold a receiver's address, if it is secret. */
export function secretOf(receiver: ReceiverSpec): { secret: string; key: string } | undefined {
  switch (receiver.kind) {
    case "pagerduty":
      return receiver.routingKey;
    case "slack":
      return receiver.webhook;
    case "webhook-secret":
      return receiver.address;
    case "webhook":
      return undefined;
  }
}

function foldersOf({ files }: Pick<Service, "files">): string[] {
  return Object.values(files).flatMap((source) => ("secret" in source ? [source.secret] : []));
}
