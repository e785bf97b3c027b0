import { known, type Measured, share } from "../measured.ts";
import { countIn, rootOf } from "../xml.ts";

/** Coverage as Cobertura's XML (coverage-04.dtd): the counts of its root. */
export function readCobertura(text: string): Measured {
  const root = rootOf(text, ["coverage"]);
  const of = (what: string) => {
    const [covered, valid] = [countIn(root, `${what}-covered`), countIn(root, `${what}-valid`)];
    return covered === undefined || valid === undefined ? undefined : share(covered, valid);
  };
  const timestamp = countIn(root, "timestamp");
  const at = timestamp === undefined ? undefined : timeOf(timestamp);
  return {
    ...(at !== undefined && { at }),
    values: known({ lines: of("lines"), branches: of("branches") }),
  };
}

/** Milliseconds since 1970, which some writers give as seconds. */
function timeOf(timestamp: number): string | undefined {
  const milliseconds = timestamp < 1e11 ? timestamp * 1000 : timestamp;
  return timestamp === 0 || milliseconds > 8.64e15 ? undefined : new Date(milliseconds).toISOString();
}
