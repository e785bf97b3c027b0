import { z } from "zod";
import { alert } from "./alert.ts";
import { allowance } from "./allowance.ts";
import { breaker } from "./breaker.ts";
import { dashboard } from "./dashboard.ts";
import { type EnvironmentInput, environment } from "./environment.ts";
import { event } from "./event.ts";
import { flag } from "./flag.ts";
import { gate } from "./gate.ts";
import { limit } from "./limit.ts";
import { loadProfile } from "./load-profile.ts";
import { metric } from "./metric.ts";
import { mode } from "./mode.ts";
import { operation } from "./operation.ts";
import { type PromotionInput, promotion } from "./promotion.ts";
import type { AnyNames, ReferMembers } from "./reference.ts";
import { routing } from "./routing.ts";
import { service, volume } from "./service.ts";
import { slo } from "./slo.ts";
import { baseUrl, line, metricName, prose, slug } from "./text.ts";

/** The kinds of named entries that a part may hold. */
export const collections = {
  volumes: z.record(slug, volume),
  services: z.record(slug, service),
  metrics: z.record(metricName, metric),
  slos: z.record(slug, slo),
  alerts: z.record(slug, alert),
  events: z.record(slug, event),
  operations: z.record(slug, operation),
  breakers: z.record(slug, breaker),
  modes: z.record(slug, mode),
  limits: z.record(slug, limit),
  flags: z.record(slug, flag),
  dashboards: z.record(slug, dashboard),
  loadProfiles: z.record(slug, loadProfile),
  gates: z.record(slug, gate),
  environments: z.record(slug, environment),
};

/** Some of a platform's entries: what one file, or one reusable pack, brings. */
export const part = z.strictObject({
  volumes: collections.volumes.optional(),
  services: collections.services.optional(),
  metrics: collections.metrics.optional(),
  slos: collections.slos.optional(),
  alerts: collections.alerts.optional(),
  events: collections.events.optional(),
  operations: collections.operations.optional(),
  breakers: collections.breakers.optional(),
  modes: collections.modes.optional(),
  limits: collections.limits.optional(),
  flags: collections.flags.optional(),
  dashboards: collections.dashboards.optional(),
  loadProfiles: collections.loadProfiles.optional(),
  gates: collections.gates.optional(),
  environments: collections.environments.optional(),
  routing: routing.optional(),
  promotion: promotion.optional(),
  /** Findings of lints that are meant to be so. */
  allow: z.array(allowance).optional(),
});

export const platform = z.strictObject({
  /** Short name; begins the name of every stack, namespace and rule group. */
  name: slug,
  title: line,
  description: prose,
  /** Who owns it: the `team` label of every alert. */
  team: slug,
  /** Whom to reach, in order; shown under Escalation. */
  contacts: z.array(z.strictObject({ role: line, how: line })).min(1),
  /** The source repository, for links from runbooks to definitions. */
  repository: baseUrl,
  /** An array, since spreading objects into one would hide a name that is used twice. */
  parts: z.array(part).min(1),
});

type Input = Omit<z.input<typeof platform>, "parts"> & { parts: PartInput[] };
/** What one file, or one reusable pack, brings. */
export interface PartInput
  extends Omit<ReferMembers<z.input<typeof part>, AnyNames>, "environments" | "promotion"> {
  environments?: Record<string, EnvironmentInput> | undefined;
  promotion?: PromotionInput | undefined;
}
/** A whole platform as the catalog describes it. */
export interface PlatformInput extends Input {}
export type PlatformSpec = z.output<typeof platform>;
export type PartSpec = z.output<typeof part>;
