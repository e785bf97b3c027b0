import { z } from "zod";
import { count, fromJson, known, type Measured, share } from "../measured.ts";

const part = z.object({ total: count, covered: count });
const summary = z.object({ total: z.object({ lines: part, branches: part, functions: part }) });

/** Coverage as istanbul's `json-summary` reporter writes it (coverage-summary.json), which c8, nyc, Jest and Vitest have. */
export function readIstanbul(text: string): Measured {
  const { lines, branches, functions } = fromJson(text, summary).total;
  const of = ({ covered, total }: { covered: number; total: number }) => share(covered, total);
  return { values: known({ lines: of(lines), branches: of(branches), functions: of(functions) }) };
}
