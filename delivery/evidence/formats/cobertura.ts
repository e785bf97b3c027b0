import type { Element } from "@xmldom/xmldom";
import { known, type Measured, share, UnreadableError } from "../measured.ts";
import { childrenOf, countIn, rootOf } from "../xml.ts";

/** Coverage as Cobertura's XML (coverage-04.dtd): the counts of its root, which must not flatter the lines that it lists. */
export function readCobertura(text: string): Measured {
  const root = rootOf(text, ["coverage"]);
  const of = (what: string) => {
    const [covered, valid] = [countIn(root, `${what}-covered`), countIn(root, `${what}-valid`)];
    return covered === undefined || valid === undefined ? undefined : share(covered, valid);
  };
  refuseFlattery(root);
  const timestamp = countIn(root, "timestamp");
  const at = timestamp === undefined ? undefined : timeOf(timestamp);
  return {
    ...(at !== undefined && { at }),
    values: known({ lines: of("lines"), branches: of("branches") }),
  };
}

/** A line may be listed by several classes of one file. */
function refuseFlattery(root: Element): void {
  const inside = (from: readonly Element[], ...names: string[]): Element[] =>
    names
      .reduce<readonly Element[]>((all, name) => all.flatMap((one) => childrenOf(one, name)), from)
      .slice();
  const lines = new Map<string, boolean>();
  for (const one of inside([root], "packages", "package", "classes", "class"))
    for (const line of inside([one], "lines", "line")) {
      const key = `${one.getAttribute("filename")}:${line.getAttribute("number")}`;
      lines.set(key, (lines.get(key) ?? false) || (countIn(line, "hits") ?? 0) > 0);
    }
  const hit = [...lines.values()].filter((isHit) => isHit).length;
  const [covered, valid] = [countIn(root, "lines-covered") ?? 0, countIn(root, "lines-valid") ?? 0];
  if (lines.size > 0 && (covered > hit || valid < lines.size))
    throw new UnreadableError(
      `the file counts ${covered} of ${valid} lines and lists ${hit} of ${lines.size}`,
    );
}

/** Milliseconds since 1970, which some writers give as seconds. */
function timeOf(timestamp: number): string | undefined {
  const milliseconds = timestamp < 1e11 ? timestamp * 1000 : timestamp;
  return timestamp === 0 || milliseconds > 8.64e15 ? undefined : new Date(milliseconds).toISOString();
}
