import { z } from "zod";

export type Percent = `${number}%`;
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`;
export type Rate = `${number}/${"s" | "m" | "h"}`;
export type Bytes = `${number}${"Ki" | "Mi" | "Gi" | "Ti"}`;
export type Cpu = `${number}m`;

const written = (what: string, example: string) => ({ error: `must be ${what}, written like "${example}"` });

/** A share: `"99.9%"`. Becomes a ratio (0.999) in the model. */
export const percent: z.ZodType<Percent, Percent> = z
  .templateLiteral([z.number(), "%"], written("a percentage", "99.9%"))
  .refine((text) => /^\d+(\.\d+)?%$/.test(text) && ratioOf(text) <= 1, {
    error: "must be between 0% and 100%",
    abort: true,
  })
  .meta({ examples: ["99.9%"] });

/** A length of time: `"300ms"`, `"5m"`, `"30d"`. Becomes seconds in the model. */
export const duration: z.ZodType<Duration, Duration> = z
  .templateLiteral([z.number(), z.enum(["ms", "s", "m", "h", "d", "w"])], written("a duration", "5m"))
  .refine((text) => /^\d+[a-z]+$/.test(text), {
    error: 'must be a whole number of a unit: "90s" instead of "1.5m"',
    abort: true,
  })
  .meta({ examples: ["5m"] });

/** Things in a time: `"200/s"`. Becomes a number a second in the model. */
export const rate: z.ZodType<Rate, Rate> = z
  .templateLiteral([z.number(), "/", z.enum(["s", "m", "h"])], written("a rate", "200/s"))
  .refine((text) => perSecondOf(text) > 0, "must be more than 0")
  .meta({ examples: ["200/s"] });

/** An amount of memory or disk, as Kubernetes writes it: `"512Mi"`. Becomes bytes in the model. */
export const bytes: z.ZodType<Bytes, Bytes> = z
  .templateLiteral([z.number(), z.enum(["Ki", "Mi", "Gi", "Ti"])], written("an amount of bytes", "512Mi"))
  .refine((text) => bytesOf(text) > 0, "must be more than 0")
  .meta({ examples: ["512Mi"] });

/** Processor time, as Kubernetes writes it: `"250m"` is a quarter of a core. Becomes cores in the model. */
export const cpu: z.ZodType<Cpu, Cpu> = z
  .templateLiteral([z.number(), "m"], written("thousandths of a core", "250m"))
  .refine((text) => coresOf(text) > 0, "must be more than 0")
  .meta({ examples: ["250m"] });

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const BYTES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** Ratio (1 = 100 %) of a valid percentage, without the error of a binary division: "99.9%" is 0.999. */
export function ratioOf(percentage: Percent): number {
  return Number((Number.parseFloat(percentage) / 100).toPrecision(12));
}

/** Seconds of a valid duration. */
export function secondsOf(text: Duration): number {
  const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof SECONDS;
  return Number((Number.parseFloat(text) * SECONDS[unit]).toPrecision(12));
}

/** Things a second of a valid rate. */
export function perSecondOf(text: Rate): number {
  const unit = text.at(-1) as "s" | "m" | "h";
  return Number.parseFloat(text) / SECONDS[unit];
}

/** Bytes of a valid amount. */
export function bytesOf(text: Bytes): number {
  return Number.parseFloat(text) * BYTES[text.slice(-2) as keyof typeof BYTES];
}

/** Cores of a valid processor time. */
export function coresOf(text: Cpu): number {
  return Number.parseFloat(text) / 1000;
}
