import { serviceLevelSlos } from "./service-levels.ts";
import { sessionSlos } from "./sessions.ts";

/** All SLOs, for those who refer to one. */
export const slos = { ...sessionSlos, ...serviceLevelSlos };

export const sloParts = [{ slos: sessionSlos }, { slos: serviceLevelSlos }];
