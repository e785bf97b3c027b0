import type { WorkflowDefinition } from "./workflow.ts";

/** Something that makes a workflow impossible to run; `field` is where, as in `steps.2.needs.0`. */
export interface WorkflowFault {
  field: string;
  why: string;
  fix: string;
}

/** Every fault of a workflow whose shape is right: duplicate ids, unknown ids, cycles, an approver without an approval. */
export function checkWorkflow({ steps }: WorkflowDefinition): WorkflowFault[] {
  const indexOf = new Map<string, number>();
  const faults: WorkflowFault[] = [];
  steps.forEach(({ id, risk, approver }, index) => {
    const first = indexOf.get(id);
    if (first === undefined) indexOf.set(id, index);
    else
      faults.push({
        field: `steps.${index}.id`,
        why: `the id "${id}" is that of step ${first} too`,
        fix: "give each step an id of its own",
      });
    if (approver !== undefined && risk !== "APPROVAL_REQUIRED") {
      faults.push({
        field: `steps.${index}.approver`,
        why: `step "${id}" has an approver, but its risk is ${risk}`,
        fix: "set the risk to APPROVAL_REQUIRED or leave the approver out",
      });
    }
  });
  steps.forEach(({ id, needs }, index) => {
    needs.forEach((needed, place) => {
      if (indexOf.has(needed)) return;
      faults.push({
        field: `steps.${index}.needs.${place}`,
        why: `step "${id}" needs "${needed}", which is no step of this workflow`,
        fix: `name one of ${[...indexOf.keys()].slice(0, 20).join(", ")}`,
      });
    });
  });
  const cycle = cycleOf(steps);
  if (cycle !== undefined) {
    faults.push({
      field: "steps",
      why: `the steps wait for each other: ${cycle.join(" → ")}`,
      fix: "remove one of these needs",
    });
  }
  return faults;
}

/** The ids of one cycle, the first one again at its end; undefined if there is none. */
function cycleOf(steps: WorkflowDefinition["steps"]): string[] | undefined {
  const needsOf = new Map(steps.map(({ id, needs }) => [id, needs]));
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (done.has(id)) return undefined;
    const start = path.indexOf(id);
    if (start >= 0) return [...path.slice(start), id];
    for (const needed of needsOf.get(id) ?? []) {
      const cycle = visit(needed, [...path, id]);
      if (cycle !== undefined) return cycle;
    }
    done.add(id);
    return undefined;
  };
  for (const { id } of steps) {
    const cycle = visit(id, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
