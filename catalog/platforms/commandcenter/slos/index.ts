import { apiSlos } from "./api.ts";
import { workflowSlos } from "./workflows.ts";

/** All SLOs, for those who refer to one. */
export const slos = { ...apiSlos, ...workflowSlos };

export const sloParts = [{ slos: apiSlos }, { slos: workflowSlos }];
