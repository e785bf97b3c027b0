import { canonicalJson } from "../../model/canonical-json.ts";
export interface LockFile { version: 1; platform: string; environment: string; release: string; images: Record<string, string>; promotion: string; token: number; record: string }
export function lockFileText(file: LockFile): string { return `${canonicalJson(file, 2)}\n`; }
