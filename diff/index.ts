export { modelAt } from "./base.ts";
export { compareModels } from "./compare.ts";
export { type DiffFormat, formatChanges } from "./format.ts";
