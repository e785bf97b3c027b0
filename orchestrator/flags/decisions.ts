/**
 * What flags decide here, and the values that the code knows for it; the first one holds where there is no such flag, or it is disabled.
 * The catalog describes how they are rolled out; what is not in here decides nothing, and is kept for whoever asks the API.
 */
export const decisions = {
  /** How agents that work by models are told what they are to do. */
  "agent-instructions": ["plain", "open-questions"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type DecidingFlag = keyof typeof decisions;
export type Decision<F extends DecidingFlag = DecidingFlag> = (typeof decisions)[F][number];

/** The names of all flags that decide something here. */
export const decidingFlags = Object.keys(decisions) as DecidingFlag[];

/** Values of a flag's variants that the code would not know what to do with; none for a flag that decides nothing here. */
export function unknownValues(name: string, variants: Readonly<Record<string, unknown>>): string[] {
  if (!isDeciding(name)) return [];
  const known: readonly unknown[] = decisions[name];
  return Object.keys(variants).filter((variant) => !known.includes(variants[variant]));
}

/** The value that a flag has for a run, its first one where nothing was decided. */
export function decided<F extends DecidingFlag>(
  flag: F,
  flags: Readonly<Record<string, { value: string }>> | undefined,
): Decision<F> {
  const value = flags?.[flag]?.value;
  const known: readonly string[] = decisions[flag];
  return (value !== undefined && known.includes(value) ? value : known[0]) as Decision<F>;
}

const isDeciding = (name: string): name is DecidingFlag => Object.hasOwn(decisions, name);
