import { orList } from "../../problems/show-value.ts";

/** Why a plain scalar must be put in quotes, or written otherwise. */
export interface ScalarFault {
  rule: "yaml/ambiguous-scalar" | "yaml/imprecise-number";
  message: string;
  fix: string;
}

type Reading = string | number | boolean;

/**
 * What is wrong with a plain scalar: YAML 1.1, which many tools still read, sees something else in it than YAML 1.2, or
 * its number does not fit into one. `value` is what YAML 1.2 reads.
 */
export function scalarFault(source: string, value: unknown): ScalarFault | undefined {
  const old = readingIn11(source);
  if (old !== undefined && old !== value) return ambiguous(source, value as Reading, old);
  if (typeof value !== "number") return undefined;
  const isWhole = /^[-+]?\d+$/.test(source);
  const isLost = isWhole ? !Number.isSafeInteger(value) : !Number.isFinite(value) && !/inf|nan/i.test(source);
  if (!isLost) return undefined;
  return {
    rule: "yaml/imprecise-number",
    message: `the number ${source} cannot be kept exactly: it would become ${value}`,
    fix: `put it in quotes if it is a name or an id: "${source}"`,
  };
}

function ambiguous(source: string, value: Reading, old: Reading): ScalarFault {
  const readings = [old, value].filter((reading) => typeof reading !== "string").map(String);
  return {
    rule: "yaml/ambiguous-scalar",
    message: `${source} is ${JSON.stringify(value)} in YAML 1.2 but ${JSON.stringify(old)} in YAML 1.1`,
    fix: `write "${source}" in quotes for the text, or ${orList(readings)}`,
  };
}

// The types of YAML 1.1 (yaml.org/type: bool, int) that YAML 1.2's core schema reads as something else.
function readingIn11(source: string): Reading | undefined {
  if (/^(yes|Yes|YES|on|On|ON)$/.test(source)) return true;
  if (/^(no|No|NO|off|Off|OFF)$/.test(source)) return false;
  const digits = source.replaceAll("_", "");
  const [, sign = "", octal] = /^([-+]?)0([0-7]+)$/.exec(digits) ?? [];
  if (octal !== undefined) return signed(sign, Number.parseInt(octal, 8));
  const [, binarySign = "", binary] = /^([-+]?)0b([01]+)$/.exec(digits) ?? [];
  if (binary !== undefined) return signed(binarySign, Number.parseInt(binary, 2));
  if (/^0o[0-7]+$/.test(source)) return source; // octal in 1.2, a text in 1.1
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(source)) return sexagesimal(digits);
  if (/^[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?$/.test(source)) return Number(digits);
  return /^[-+]?0x[\da-fA-F_]*_[\da-fA-F_]*$/.test(source) ? Number(digits) : undefined;
}

// 190:20:30 is 190 · 3600 + 20 · 60 + 30.
function sexagesimal(digits: string): number {
  const [first = "", ...rest] = digits.replace(/^[-+]/, "").split(":");
  const amount = rest.reduce((sum, part) => sum * 60 + Number(part), Number(first));
  return signed(digits, amount);
}

function signed(sign: string, amount: number): number {
  return sign.startsWith("-") ? -amount : amount;
}
