// What several services are given alike.
import type { ServiceInput } from "fairlead";

/** Ready within five seconds of a change, restarted after three failed answers. */
export const answers: ServiceInput["probes"] = {
  readiness: { http: "/readyz", port: "http", period: "5s" },
  liveness: { http: "/livez", port: "http" },
};
/** Where PostgreSQL is, with its password in it. */
export const database = { DATABASE_URL: { secret: "agenthive-database", key: "url" } };
/** Redis asks for a password even inside the namespace. */
export const redis = { REDIS_PASSWORD: { secret: "agenthive-redis", key: "password" } };
/** Services verify each other's calls, too: every sensitive endpoint needs a token and a permission (AH-10). */
export const tokens = { JWT_PUBLIC_KEY: { secret: "agenthive-auth", key: "jwt-public-key" } };
