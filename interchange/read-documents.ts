import type { z } from "zod";
import { problemsIn, readYamlDocuments, type YamlFile } from "../catalog/load/yaml-file.ts";
import type { Location } from "../problems/problem.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import type { Findings } from "./foreign.ts";

/** A document of a file whose value fits its schema, and where what is in it stands. */
export interface Read<T> {
  value: T;
  at(...path: (string | number)[]): Location;
  atKey(...path: (string | number)[]): Location;
}

/** Every document of the files that can be read as YAML; what cannot is reported. */
export async function readDocuments(files: readonly string[], findings: Findings): Promise<YamlFile[]> {
  const read = await Promise.all(files.map((file) => readYamlDocuments(process.cwd(), file)));
  findings.problems.push(...read.flat().flatMap(({ problems }) => problems));
  return read.flat().filter(({ value }) => value !== undefined);
}

/** The document's value as the schema has it; nothing, and what is wrong with it in its places, where it does not fit. */
export function fitting<S extends z.ZodType>(
  document: YamlFile,
  { schema, findings }: { schema: S; findings: Findings },
): Read<z.output<S>> | undefined {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) {
    const [at, atKey] = [document.locate, document.locateKey];
    return { value: parsed.data, at: (...path) => at(path), atKey: (...path) => atKey(path) };
  }
  findings.problems.push(...problemsIn(document, explainIssues(parsed.error.issues, document.value, schema)));
  return undefined;
}

/** A query with the windows of its tool's templates as `$window`. */
export function withWindow(query: string): string {
  return query.replace(/\{\{-?\s*\.window\s*-?\}\}/g, "$window").trim();
}
