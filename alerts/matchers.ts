/** A condition on a label, as Alertmanager knows them. */
export interface Matcher {
  label: string;
  op: "=" | "=~";
  value: string;
}

/** The label has this value. */
export function same(label: string, value: string): Matcher {
  return { label, op: "=", value };
}

/** One of several names, none of which holds anything that a regular expression would act on. */
export function oneOf(label: string, names: readonly string[]): Matcher {
  return { label, op: "=~", value: names.join("|") };
}

/** As Alertmanager's configuration file writes it. Values are slugs, names of alerts, or patterns of ours: nothing to escape. */
export function matcherText({ label, op, value }: Matcher): string {
  return `${label}${op}"${value}"`;
}
