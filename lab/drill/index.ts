/** Faults that are done to a lab, and what comes of them. Import from here only. */
export type { Fault } from "./fault.ts";
export { faults } from "./faults/index.ts";
export { type Field, openField } from "./field.ts";
export { drillFigures, drillMarkdown, drillRows } from "./report.ts";
export { type DrillResult, isQuiet } from "./result.ts";
export { runDrill } from "./run-drill.ts";
