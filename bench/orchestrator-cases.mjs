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
      shown: `${whole.perSecond.toFixed(0)}/s, ${((100 * whole.perSecond) / bare.perSecond).toFixed(0)} % of ${bare.perSecond.toFixed(0)}/s by DBOS alone; CPU of each ${cpu(whole)}, by DBOS alone ${cpu(bare)}`,
      wanted: "≥ 80 %",
      met: whole.perSecond >= 0.8 * bare.perSecond,
    }),
  },
  {
    name: "orchestrator: coordination operations, paced at 1,000 a second and as fast as 50 clients can",
    script: "orchestrator/api.ts",
    read: ({ paced, fastest, cpuMs }) => ({
      shown: `p95 ${paced.p95Ms.toFixed(0)} ms at ${paced.perSecond}/s, ${fastest.perSecond}/s at most; CPU of each ${cpu({ cpu: cpuMs })}`,
      wanted: "≥ 1,000/s, p95 < 100 ms",
      met: fastest.perSecond >= 1_000 && paced.p95Ms < 100 && paced.wrong + fastest.wrong === 0,
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
  {
    name: "orchestrator: a canary taken back by its flag, two processes (WV-19)",
    script: "orchestrator/flags.ts",
    read: ({ rollbacks, late, last, answered }) => ({
      shown: `last run on the canary ${ms(last)} after the change began, change answered after ${ms(answered)} (median, most of ${rollbacks}); ${late} started later`,
      wanted: "none after the answer",
      met: late === 0,
    }),
  },
  {
    name: "orchestrator: single-agent workflow, 10 at once, models that think 0.5 to 2.5 s",
    script: "orchestrator/models.ts",
    args: ["single", "10"],
    read: (measured) => ({
      shown: percentiles(measured),
      wanted: "p95 < 10 s",
      met: measured.p95 < 10 && measured.failed === 0,
    }),
  },
  {
    name: "orchestrator: 100 synthetic tasks of three agents with tools (WV-16)",
    script: "orchestrator/models.ts",
    args: ["synthetic", "10"],
    read: (measured) => ({
      shown: `${percentiles(measured)}; at most ${measured.tokens} tokens, ${measured.memory.toFixed(1)} MB a task`,
      wanted: "≤ 3,000 tokens, ≤ 30 MB",
      met: measured.tokens <= 3_000 && measured.memory <= 30 && measured.failed === 0,
    }),
  },
  {
    name: "orchestrator: the same 100 tasks at once",
    script: "orchestrator/models.ts",
    args: ["synthetic", "100"],
    read: (measured) => ({
      shown: `${percentiles(measured)}; ${measured.failed} failed`,
      wanted: "none fails",
      met: measured.failed === 0,
    }),
  },
];

function cpu({ cpu: { node, postgres } }) {
  return `${node.toFixed(2)} + ${postgres.toFixed(2)} ms (Node, PostgreSQL)`;
}

function ms({ median, most }) {
  return `${median.toFixed(1)}, ${most.toFixed(1)} ms`;
}

function percentiles({ p50, p95, p99 }) {
  return `p50 ${p50.toFixed(1)} s, p95 ${p95.toFixed(1)} s, p99 ${p99.toFixed(1)} s`;
}
