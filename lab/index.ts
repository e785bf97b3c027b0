/** The lab: the platform's processes on one machine, and what is tried on them. Import from here only. */
export { takeDown } from "./down.ts";
export { type LabFolder, labFolder, labNames } from "./folder.ts";
export { LabLockedError } from "./lock.ts";
export { type LabStatus, type PartStatus, statusOf } from "./status.ts";
export { bringUp, type LabRequest, type PartOnItsWay } from "./up.ts";
