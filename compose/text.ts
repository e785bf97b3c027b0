/** Text that Compose takes as it is: a dollar begins a variable there. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** The variable that a key of a Secret comes from, and a reference to it without which Compose does not start. */
export function secretVariable({ secret, key }: { secret: string; key: string }): string {
  const name = `${secret}_${key}`.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  // A name that begins with a digit is none.
  const variable = /^\d/.test(name) ? `_${name}` : name;
  return `\${${variable}:?key ${key} of Secret ${secret}}`;
}

/** Bytes as Compose writes them; "512Mi" is "512m". */
export function memoryText(memory: string): string {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([KMGT])i$/.exec(memory) ?? [];
  if (amount === undefined || unit === undefined) throw new Error(`not an amount of memory: ${memory}`);
  if (Number.isInteger(Number(amount))) return `${amount}${unit.toLowerCase()}`;
  return String(Math.ceil(Number(amount) * 1024 ** (1 + "KMGT".indexOf(unit))));
}

/** Cores as Compose writes them: "250m" is "0.25". */
export function cpuText(cpu: string): string {
  return String(Number.parseFloat(cpu) / 1000);
}
