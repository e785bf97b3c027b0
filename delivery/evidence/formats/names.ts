/** The forms of evidence that are read; what each is of and how long it counts stands in `index.ts`. */
export const formatNames = [
  "k6",
  "load",
  "run",
  "lcov",
  "cobertura",
  "istanbul",
  "sarif",
  "npm-audit",
  "cyclonedx",
  "jscpd",
  "junit",
  "terraform-plan",
  "drill",
  "changes",
  "benchmark",
  "approvals",
] as const;

/** The name of a form. */
export type FormatName = (typeof formatNames)[number];
