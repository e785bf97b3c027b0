/** The lab: the platform's processes on one machine, and what is tried on them. Import from here only. */
export { takeDown } from "./down.ts";
export { type LabFolder, labFolder, labNames } from "./folder.ts";
export { killPart } from "./kill-part.ts";
export { type LabStatus, statusOf } from "./status.ts";
export { firstTold } from "./told.ts";
export { bringUp, type PartOnItsWay } from "./up.ts";
