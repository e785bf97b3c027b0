/** What a k6 run came to: seconds, a ratio, a number a second; null where nothing was measured. */
export interface LoadNumbers {
  requests: number;
  throughput: number;
  errorRate: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

const measured = { p50: "p50", p95: "p95", p99: "p99", "error-rate": "errorRate" } as const;

/**
 * Of several runs of one load each measure is the worst: repeating until one of them is good enough must not help. What one of them did not
 * measure is null. `samples` are the requests of the run that sent fewest.
 */
export function worstOf(runs: readonly LoadNumbers[]): {
  measures: Record<string, number | null>;
  samples: number;
} {
  const worst = Object.entries(measured).map(([name, key]): [string, number | null] => {
    const values = runs.map((run) => run[key]);
    return [name, values.includes(null) ? null : Math.max(...values.map(Number))];
  });
  return {
    measures: {
      ...Object.fromEntries(worst),
      throughput: Math.min(...runs.map(({ throughput }) => throughput)),
    },
    samples: Math.min(...runs.map(({ requests }) => requests)),
  };
}
