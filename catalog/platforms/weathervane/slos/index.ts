import { dashboardApiSlos } from "./dashboard-api.ts";
import { taskSlos } from "./tasks.ts";

/** All SLOs, for those who refer to one. */
export const slos = { ...taskSlos, ...dashboardApiSlos };

export const sloParts = [{ slos: taskSlos }, { slos: dashboardApiSlos }];
