const step = { id: "work", agent: "coder", attempts: 3 };

/** Steps one after the other, each a call of a model. */
const chain = (length: number) =>
  Array.from({ length }, (_, index) => ({
    ...{ id: `s${index}`, agent: "coder", attempts: 1 },
    ...(index > 0 && { needs: [`s${index - 1}`] }),
  }));

/** Workflows of the lab's traffic and of its faults: by script, by a model, by a tool and a model, one that asks models too often, and one that asks them as often as a task may. */
export const workflows = [
  { name: "drill-scripted", steps: [{ ...step, input: { script: { latencyMs: 20 } } }] },
  { name: "drill-slow", steps: [{ ...step, input: { script: { latencyMs: 3_000 } } }] },
  { name: "drill-model", steps: [step] },
  { name: "drill-tool", steps: [{ ...step, input: { tool: "search-code", question: "parse header" } }] },
  { name: "drill-chain", steps: chain(14) },
  { name: "drill-long", steps: chain(7) },
] as const;
