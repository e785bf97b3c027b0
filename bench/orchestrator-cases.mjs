// What is asked of the orchestrator; each script says how it measures.

/** Cases whose scripts measure by themselves. */
export const orchestratorCases = [
  {
    name: "orchestrator: start to ready",
    script: "orchestrator/ready.ts",
    read: ({ fresh, kept, running }) => ({
      shown: `${fresh.toFixed(2)} s with a new PostgreSQL, ${kept.toFixed(2)} s with its data kept, ${running.toFixed(2)} s beside one`,
      wanted: "< 3 s",
      met: Math.max(fresh, kept, running) < 3,
    }),
  },
  {
    name: "orchestrator: durable two-step workflows",
    script: "orchestrator/throughput.ts",
    read: ({ bare, whole }) => ({
      shown: `${whole.toFixed(0)}/s, ${((100 * whole) / bare).toFixed(0)} % of ${bare.toFixed(0)}/s by DBOS alone`,
      wanted: "≥ 80 %",
      met: whole >= 0.8 * bare,
    }),
  },
  {
    name: "orchestrator: slowest operation of the store beside 100,000 runs, p95",
    script: "orchestrator/statements.ts",
    read: ({ slowest, p95 }) => {
      const [name] = Object.entries(p95).find(([, ms]) => ms === slowest);
      return { shown: `${slowest.toFixed(1)} ms (${name})`, wanted: "< 50 ms", met: slowest < 50 };
    },
  },
];
