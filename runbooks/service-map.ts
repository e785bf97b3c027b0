import type { Code } from "mdast";
import type { Platform } from "../model/model.ts";
import { drawing } from "./drawing.ts";
import { code } from "./tree.ts";

/** A box of the service map. */
export interface MapNode {
  /** Unlike a name it cannot be a word that Mermaid keeps for itself, such as "end". */
  id: string;
  kind: "service" | "volume";
  name: string;
  title: string;
}

export interface ServiceMap {
  nodes: MapNode[];
  /** From the caller to the called, or from a service to the volume that it mounts. */
  edges: { from: string; to: string; kind: "calls" | "mounts" }[];
}

/** A platform's services, whom they call and which volumes they share: Mermaid in Markdown, a drawing in HTML. */
export async function serviceMap(platform: Platform): Promise<Code> {
  const map = mapOf(platform);
  return { ...code("mermaid", mermaid(map)), data: { drawing: await drawing(map, platform.title) } };
}

function mapOf({ services, volumes }: Platform): ServiceMap {
  const node = (kind: MapNode["kind"]) => (entry: { name: string; title: string }) => ({
    id: idOf(kind, entry.name),
    kind,
    name: entry.name,
    title: entry.title,
  });
  return {
    nodes: [...services.map(node("service")), ...volumes.map(node("volume"))],
    edges: services.flatMap((service) => [
      ...service.dependsOn.map((name) => ({
        from: idOf("service", service.name),
        to: idOf("service", name),
        kind: "calls" as const,
      })),
      ...[...new Set(Object.values(service.mounts).map(({ volume }) => volume))].sort().map((name) => ({
        from: idOf("service", service.name),
        to: idOf("volume", name),
        kind: "mounts" as const,
      })),
    ]),
  };
}

// A slug has no underscore, so two names never become one id.
function idOf(kind: MapNode["kind"], name: string): string {
  return `${kind}_${name.replaceAll("-", "_")}`;
}

/** The map in Mermaid's flowchart language. */
export function mermaid({ nodes, edges }: ServiceMap): string {
  return [
    "flowchart TD",
    ...nodes.map(({ id, kind, name, title }) => {
      const label = `"${escaped(title)} (${name})"`;
      return `  ${id}${kind === "volume" ? `[(${label})]` : `[${label}]`}`;
    }),
    ...edges.map(({ from, to, kind }) => `  ${from} ${kind === "calls" ? "-->" : "-.->"} ${to}`),
  ].join("\n");
}

// Mermaid has no escape but character numbers, and reads quotes, brackets, `%%{`, backticks, backslashes and HTML inside labels.
function escaped(title: string): string {
  return title
    .replace(/\s+/g, " ")
    .replace(/[^\p{L}\p{M}\p{N} .,_-]/gu, (char) => `#${char.codePointAt(0)};`);
}
