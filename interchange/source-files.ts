import { literal } from "./literal.ts";
import type { PlatformData } from "./platform.ts";

/** A file of the catalog, its name from the platform's folder. */
export interface SourceFile {
  name: string;
  content: string;
}

/** Each kind of entry: the function that defines it, and the entries that it refers to. */
const PARTS = {
  services: { define: "defineServices", refs: [], given: "volumes: {}" },
  metrics: { define: "defineMetrics", refs: ["services"], given: "" },
  slos: { define: "defineSlos", refs: ["services", "metrics"], given: "" },
  dashboards: { define: "defineDashboards", refs: ["metrics", "slos"], given: "alerts: {}" },
  routing: { define: "defineRouting", refs: [], given: undefined },
  environments: { define: "defineEnvironments", refs: ["services", "routing"], given: "" },
} as const;

/** The files of a platform's folder in the catalog: fixed text around literals of plain data. */
export function sourceFiles({ head, ...parts }: PlatformData): SourceFile[] {
  const names = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const files = names.map((name) => ({ name: `${name}.ts`, content: partFile(name, parts[name]) }));
  const imports = names.toSorted().map((name) => `import { ${name} } from "./${name}.ts";\n`);
  const { name, ...rest } = head;
  const members = Object.entries(rest).map(([key, value]) => `  ${key}: ${literal(value, "  ")},\n`);
  const index = `import { definePlatform } from "fairlead";
${imports.join("")}
export default definePlatform({
  name: ${literal(name)},
${members.join("")}  parts: [{ ${names.join(", ")} }],
});
`;
  return [...files, { name: "index.ts", content: index }].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function partFile(name: keyof typeof PARTS, data: unknown): string {
  const { define, refs, given } = PARTS[name];
  const imports = [
    `import { ${define} } from "fairlead";\n`,
    ...refs.map((ref) => `import { ${ref} } from "./${ref}.ts";\n`),
  ];
  const first = [...refs, given].filter(Boolean).join(", ");
  const body =
    given === undefined
      ? `${define}(${literal(data)})`
      : `${define}(\n  { ${first} },\n  ${literal(data, "  ")},\n)`;
  return `${imports.join("")}\nexport const ${name} = ${body};\n`;
}
