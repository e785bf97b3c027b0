import type { Problem } from "../../problems/problem.ts";
import type { BundleInput } from "./bundle.ts";
import { parseSource } from "./parser.ts";
import { lineStarts, positionAt } from "./text-lines.ts";

type Inputs = ReadonlyMap<string, Pick<BundleInput, "text" | "imports" | "engine">>;

/**
 * Warns of files that import each other. Modules on their own would throw when a constant is used too early; in a
 * bundle it is silently undefined.
 */
export function cycleProblems(inputs: Inputs): Problem[] {
  const files = [...inputs.keys()].filter((file) => inputs.get(file)?.engine === false).sort();
  return files.flatMap((file) => {
    const circle = shortestCircle(file, inputs);
    // Each circle is told once, at the first of its files.
    if (!circle || circle.some((other) => other < file)) return [];
    const places = circle.map((from, i) =>
      importPlace(from, circle[(i + 1) % circle.length] ?? file, inputs),
    );
    const [location] = places;
    if (!location || places.includes(undefined)) return []; // one of them imports only when it runs
    return {
      rule: "load/import-cycle",
      severity: "warning" as const,
      message: `files import each other in a circle: ${[...circle, file].join(" → ")}`,
      location,
      fix: "move what they both need into a file of its own; else a constant may be undefined when it is used",
    };
  });
}

function shortestCircle(start: string, inputs: Inputs): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    const next = Object.values(inputs.get(way.at(-1) ?? start)?.imports ?? {});
    if (next.includes(start)) return way;
    for (const file of next) {
      if (seen.has(file)) continue;
      seen.add(file);
      ways.push([...way, file]);
    }
  }
  return undefined;
}

function importPlace(from: string, to: string, inputs: Inputs) {
  const { text = "", imports = {} } = inputs.get(from) ?? {};
  const { staticImports, staticExports } = parseSource(from, text).module;
  const requests = [
    ...staticImports.map((i) => i.moduleRequest),
    ...staticExports.flatMap((e) => e.entries.flatMap((entry) => entry.moduleRequest ?? [])),
  ];
  const request = requests.find(({ value }) => imports[value] === to);
  return request && { file: from, ...positionAt(lineStarts(text), request.start), exact: true };
}
