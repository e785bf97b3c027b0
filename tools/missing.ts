import type { Problem } from "../problems/problem.ts";

/** Why a tool cannot be used; each is a page under docs/rules/tool. */
export type MissingRule = "tool/missing" | "tool/version-not-accepted" | "tool/build-failed";

/** A tool that is needed and cannot be had, what was tried, and what a person can do. */
export interface MissingTool {
  name: string;
  rule: MissingRule;
  /** Each place looked in or step attempted, and how it ended. */
  tried: readonly string[];
  fix: string;
}

/** Thrown when needed tools cannot be had; names every one of them. The command line exits with 4. */
export class ToolMissingError extends Error {
  override readonly name = "ToolMissingError";
  readonly missing: readonly MissingTool[];

  constructor(missing: readonly MissingTool[]) {
    super(missing.map((tool) => `${describe(tool)}\n  → ${tool.fix}`).join("\n"));
    this.missing = missing;
  }

  /** The same findings in the shape that every step reports. */
  get problems(): Problem[] {
    return this.missing.map((tool) => ({
      rule: tool.rule,
      severity: "error",
      message: describe(tool),
      fix: tool.fix,
    }));
  }
}

function describe(tool: MissingTool): string {
  return `${tool.name} is missing: ${tool.tried.join("; ")}`;
}
