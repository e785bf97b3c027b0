import type { Canary } from "../model/canaries.ts";
import type { Service } from "../model/model.ts";
import type { Site } from "./layer.ts";
import { literal } from "./terraform-text.ts";

/** What is asked of a service's releases; absent where they enter at once. */
export function canaryOf(service: Service, { canaries }: Site): Canary | undefined {
  return canaries.find((canary) => canary.service === service.name);
}

/** Whether Argo Rollouts runs the pods of a service. */
export function isByRollout(service: Service, site: Site): boolean {
  return canaryOf(service, site) !== undefined && site.environment.canaries?.controller === "argo-rollouts";
}

/**
 * A query about releases, for a controller that fills in what stands in `{{…}}` of their matchers. The catalog's own `{{` is none of that,
 * and for Terraform it is the text that it is.
 */
export function templated<R extends string[]>(query: (...releases: R) => string, ...releases: R): string {
  const marked = releases.map((release) => release.replaceAll("{{", "\0")) as R;
  return literal(
    query(...marked)
      .replaceAll("{{", "\\u007b{")
      .replaceAll("\0", "{{"),
  );
}
