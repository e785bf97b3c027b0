import type { Fault } from "./fault.ts";

/**
 * What a drill does, in order. Faults whose alerts come and go are done `times` times, since they are what times are measured by; once, the
 * silent ones, those that say why, and at last those whose alerts outlast them: they would be told of no second time.
 */
export function planOf(faults: readonly Fault[], times: number): Fault[] {
  const last = faults.filter(outlasts);
  const others = faults.filter((fault) => !outlasts(fault));
  const again = others.filter(({ fires, once }) => fires.length > 0 && once === undefined);
  const first = others.filter((fault) => !again.includes(fault));
  const rounds = Array.from({ length: times }, () => again).flat();
  return [...rounds, ...first, ...last];
}

function outlasts({ fires }: Fault): boolean {
  return fires.some(({ stays }) => stays !== undefined);
}
