export { modelAt } from "./base.ts";
export { compareModels } from "./compare.ts";
export { type DiffFormat, formatChanges, formatPolicyChanges } from "./format.ts";
export { comparePolicies } from "./policies.ts";
export { policyProblems } from "./policy-problems.ts";
