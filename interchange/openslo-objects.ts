// OpenSLO objects as plain data.

/** An object of OpenSLO v1, its keys in the order in which they are written. */
export interface OpenObject {
  apiVersion: "openslo/v1";
  kind: string;
  metadata: { name: string; displayName?: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** The longest that oslo lets a display name and a description be. */
export const LONGEST = { displayName: 63, description: 1050 } as const;

/** An object; `title` becomes its display name where it is not too long. */
export function openObject(
  kind: string,
  { name, title, annotations = {} }: { name: string; title?: string; annotations?: Record<string, string> },
  spec: Record<string, unknown>,
): OpenObject {
  const displayName = title !== undefined && title.length <= LONGEST.displayName ? title : undefined;
  const metadata = {
    name,
    ...(displayName !== undefined && { displayName }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  return { apiVersion: "openslo/v1", kind, metadata, spec };
}
