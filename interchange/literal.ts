const WIDTH = 100;

/** Plain data as a TypeScript literal; it means the same data to every reader, whatever the strings hold. */
export function literal(value: unknown, indent = ""): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const members = Array.isArray(value)
    ? value.map((item) => literal(item, deeper))
    : Object.entries(value).map(([key, member]) => `${keyText(key)}: ${literal(member, deeper)}`);
  if (members.length === 0) return `${open}${close}`;
  const inLine = Array.isArray(value) ? `[${members.join(", ")}]` : `{ ${members.join(", ")} }`;
  if (indent.length + inLine.length <= WIDTH && !inLine.includes("\n")) return inLine;
  return `${open}\n${members.map((member) => `${deeper}${member},\n`).join("")}${indent}${close}`;
}

// In single quotes where that saves escapes: PromQL is full of double ones.
function stringText(text: string): string {
  const json = JSON.stringify(text);
  if (!text.includes('"') || text.includes("'")) return json;
  return `'${json.slice(1, -1).replace(/\\(.)/g, (all, escaped) => (escaped === '"' ? '"' : all))}'`;
}

// In an object literal the bare name `__proto__` would set the prototype; so would it in quotes, but not computed.
function keyText(key: string): string {
  if (key === "__proto__") return `["__proto__"]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
