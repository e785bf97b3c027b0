import { z } from "zod";
import { symbolicId } from "../domain/workflow.ts";

/** Names of users and services in tokens: they appear in logs and audit records as they are. */
export const subjectName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@-]*$/, "must be lower-case letters, digits and . _ @ -")
  .max(100);

/** What a token says of its bearer beside the registered claims of RFC 7519. */
export const bearerClaims = z.object({
  sub: subjectName,
  project: symbolicId,
  roles: z.array(symbolicId).max(32),
  jti: z.string().min(1).max(100),
  exp: z.number(),
});

/** Who sends a request, as its verified token says. */
export interface Principal {
  subject: string;
  /** The one project whose objects the bearer sees. */
  project: string;
  roles: readonly string[];
  /** Seconds since 1970; live connections end then. */
  expiresAt: number;
}
