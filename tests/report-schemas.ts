// What reports must be, by schemas that others publish.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import Ajv04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { validateXML } from "xmllint-wasm";
import { rootFolder } from "./structure/source-files.ts";

const require = createRequire(import.meta.url);
// OASIS's schema of SARIF 2.1.0, as Microsoft's kit for SARIF ships it.
const sarifSchema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const ajv = new Ajv04.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv as never);
const isSarif = ajv.compile(sarifSchema);

/** What the schema of SARIF 2.1.0 has against a log; nothing where it is one. */
export function wrongInSarif(text: string): string[] {
  isSarif(JSON.parse(text));
  return (isSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What Jenkins' schema of JUnit reports has against each of some reports. */
export async function wrongInJUnit(...texts: string[]): Promise<string[]> {
  const schema = await readFile(join(rootFolder, "problems/fixtures/jenkins-junit.xsd"), "utf8");
  const xml = texts.map((contents, i) => ({ fileName: `report-${i}.xml`, contents }));
  const { valid, errors } = await validateXML({ xml, schema: [schema] });
  return valid ? [] : errors.map(({ message, rawMessage }) => message || rawMessage);
}
