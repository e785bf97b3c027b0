// What a service exposes, in Prometheus' text format or in OpenMetrics.

export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A metric as it is exposed, under its family's name: of an OpenMetrics counter without `_total`. */
export interface Family {
  type?: string;
  help?: string;
  unit?: string;
  /** What of it the service says that it does not measure, and why: all of it, or some values of a label. */
  unsourced?: { because: string; label?: string; values: string[] }[];
  samples: ExposedSample[];
}

/** Thrown for a line that Prometheus would refuse; `line` counts from 1. */
export class ExpositionError extends Error {
  override readonly name = "ExpositionError";
  readonly line: number;

  constructor(line: number, text: string) {
    super(`line ${line} is no metric: ${text.slice(0, 200)}`);
    this.line = line;
  }
}

const SUFFIXES = /_(total|bucket|count|sum|created|info|gsum|gcount)$/;
const METADATA = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+("(?:[^"\\]|\\.)*"|\S+)(?:[ \t]+(.*))?$/s;
// A comment that Prometheus passes over: `# UNSOURCED NAME because`, `# UNSOURCED NAME{label="a|b"} because`.
const UNSOURCED = /^# UNSOURCED ([a-zA-Z_:][\w:]*)(?:\{(\w+)="([^"]*)"\})? (.+)$/;
const NAME = /^[a-zA-Z_:][\w:]*/;
// A label with its value, or a metric's name that is no identifier, which stands in quotes inside the braces.
const LABEL =
  /[ \t]*(?:([a-zA-Z_]\w*)|"((?:[^"\\]|\\.)*)")[ \t]*(?:=[ \t]*"((?:[^"\\]|\\.)*)")?[ \t]*(,|(?=\}))/sy;
// Its value, perhaps a time, perhaps an exemplar.
const VALUE = /^[ \t]*([-+\w.]+)(?:[ \t]+[-+\d.eE]+)?[ \t]*(?:#.*)?$/s;

/** Reads an exposition. Throws an ExpositionError for the first line that cannot be read. */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const familyOf = (name: string): Family => {
    const family = families.get(name) ?? { samples: [] };
    families.set(name, family);
    return family;
  };
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    const [, keyword, quoted = "", rest = ""] = METADATA.exec(line) ?? [];
    if (keyword) {
      const family = familyOf(quoted.startsWith('"') ? unescaped(quoted.slice(1, -1)) : quoted);
      if (keyword === "TYPE") family.type = rest.trim();
      else if (keyword === "UNIT") family.unit = rest.trim();
      else family.help = unescaped(rest);
    } else if (line.startsWith("#")) {
      const [, name, label, values = "", because = ""] = UNSOURCED.exec(line) ?? [];
      if (!name) continue;
      const family = familyOf(name);
      const said = { because, values: values.split("|"), ...(label !== undefined && { label }) };
      family.unsourced = [...(family.unsourced ?? []), said];
    } else if (line.trim() !== "") {
      const sample = sampleOf(line);
      if (!sample) throw new ExpositionError(i + 1, line);
      const base = sample.name.replace(SUFFIXES, "");
      const name = !families.has(sample.name) && families.has(base) ? base : sample.name;
      familyOf(name).samples.push(sample);
    }
  }
  return families;
}

function sampleOf(line: string): ExposedSample | undefined {
  const bare = NAME.exec(line)?.[0];
  const open = (bare?.length ?? 0) + (/^[ \t]*/.exec(line.slice(bare?.length ?? 0))?.[0].length ?? 0);
  const braces = line[open] === "{" ? labelsOf(line, open + 1) : undefined;
  if (line[open] === "{" && !braces) return undefined;
  const name = bare ?? braces?.name;
  const value = numberOf(VALUE.exec(line.slice(braces?.end ?? open))?.[1] ?? "");
  if (name === undefined || value === undefined) return undefined;
  return { name, labels: braces?.labels ?? {}, value };
}

/** What stands from `start` to the closing brace, and where that ends; nothing if it cannot be read. */
function labelsOf(line: string, start: number) {
  const labels: Record<string, string> = {};
  let name: string | undefined;
  let end = start;
  while (line[end] !== "}") {
    LABEL.lastIndex = end;
    const found = LABEL.exec(line);
    if (!found) return undefined;
    const [whole, plain, quoted = "", text] = found;
    const label = plain ?? unescaped(quoted);
    if (text !== undefined) labels[label] = unescaped(text);
    else if (plain === undefined && name === undefined) name = label;
    else return undefined;
    end += whole.length;
  }
  return { labels, name, end: end + 1 };
}

function numberOf(text: string): number | undefined {
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_all, char: string) => (char === "n" ? "\n" : char));
}
