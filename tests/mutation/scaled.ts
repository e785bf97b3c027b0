const seconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A Prometheus duration of one unit ("90s", "5m", "30d") times a factor, in milliseconds ("450000ms"). */
export function scaled(duration: string, factor: number): string {
  const [, count = "0", unit = "s"] = /^([\d.]+)([a-z]+)$/.exec(duration) ?? [];
  return `${Math.round(Number(count) * (seconds[unit] ?? 1) * factor * 1000)}ms`;
}
