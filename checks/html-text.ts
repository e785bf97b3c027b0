const NAMED: Record<string, string> = { amp: "&", quot: '"', lt: "<", gt: ">" };

/** Text of an attribute or of an element, as a reader sees it. */
export function decoded(attribute: string): string {
  return attribute.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|quot|lt|gt));/gi, (_, hex, decimal, name) =>
    name
      ? (NAMED[String(name).toLowerCase()] ?? "")
      : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
}
