import type { Changes } from "./formats/changes.ts";
export function riskOf(_c: Changes, _v: number): number { return 0.5; }
