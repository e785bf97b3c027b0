import type { Environment, Platform } from "../../model/model.ts";
import { digestOf } from "../gate/record.ts";

/** What a release says of the description that it was made of. */
export interface ContentDigests {
  catalog: string;
  policies: string;
}

/** Digests of a platform as the catalog describes it, whatever lock files bring into it, and of the policies of its gates. */
export function contentDigests(platform: Platform): ContentDigests {
  const policies = platform.gates.map(({ name, policy }) => ({ gate: name, policy }));
  return { catalog: digestOf(asDescribed(platform)), policies: digestOf(policies) };
}

function asDescribed(platform: Platform): Platform {
  return { ...platform, environments: platform.environments.map(withoutLock) };
}

function withoutLock({ lock, ...environment }: Environment): Environment {
  if (!lock) return environment;
  const services = environment.services.map((service) => ({
    ...service,
    image: lock.described[service.name] ?? service.image,
  }));
  return { ...environment, services };
}
