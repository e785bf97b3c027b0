export { type Base, modelAt } from "./base.ts";
export { compareModels } from "./compare.ts";
export { type DiffFormat, diffFormats, formatChanges } from "./format.ts";
