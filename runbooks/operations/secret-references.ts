import type { Platform } from "../../model/model.ts";
import { secretOf } from "../../model/secret-sources.ts";

/** A key of a Secret, and everything of the catalog that reads it. Its value is nowhere in the project. */
export interface SecretUse {
  secret: string;
  key: string;
  /** Services, and the variable or folder in which each finds it. */
  services: { service: string; variable: string }[];
  /** Receivers of notifications, and the environments in which they read it. */
  receivers: { receiver: string; environment: string }[];
}

/** All keys of Secrets that a platform reads, by name. */
export function secretsOf(platform: Platform): SecretUse[] {
  const uses = new Map<string, SecretUse>();
  const use = ({ secret, key }: { secret: string; key: string }): SecretUse => {
    const id = `${secret}/${key}`;
    const known = uses.get(id) ?? { secret, key, services: [], receivers: [] };
    uses.set(id, known);
    return known;
  };
  for (const service of platform.services)
    for (const [variable, reference] of Object.entries(service.secrets))
      use(reference).services.push({ service: service.name, variable });
  for (const environment of platform.environments)
    for (const [receiver, spec] of Object.entries(environment.receivers)) {
      const reference = secretOf(spec);
      if (reference) use(reference).receivers.push({ receiver, environment: environment.name });
    }
  // A folder of files holds every key of its Secret; of one that nothing else names, the reader knows the key.
  for (const service of platform.services)
    for (const [path, source] of Object.entries(service.files)) {
      if (!("secret" in source)) continue;
      const known = [...uses.values()].filter(({ secret }) => secret === source.secret);
      const keys = known.length > 0 ? known : [use({ secret: source.secret, key: "KEY" })];
      for (const { services } of keys) services.push({ service: service.name, variable: path });
    }
  return [...uses.keys()].sort().flatMap((id) => uses.get(id) ?? []);
}

/** The keys, by the Secret that holds them. */
export function bySecret(uses: readonly SecretUse[]): { secret: string; keys: SecretUse[] }[] {
  return [...new Set(uses.map(({ secret }) => secret))].map((secret) => ({
    secret,
    keys: uses.filter((one) => one.secret === secret),
  }));
}
