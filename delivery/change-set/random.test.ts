// WV-17, all or nothing: random graphs of real repositories, a random failure before a random push.
import fc from "fast-check";
import { expect, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { howMany } from "../../tests/how-many.ts";
import { Repositories, type Shape } from "./fixtures/repositories.ts";
import { commitChangeSet, resumeChangeSet } from "./index.ts";

const names = ["contracts", "api", "jobs", "web", "docs"];

const shapes = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.array(fc.subarray(names), { minLength: 5, maxLength: 5 }))
  .map(([size, needs]): Shape => {
    const chosen = names.slice(0, size);
    return Object.fromEntries(
      chosen.map((name, i) => [name, chosen.slice(0, i).filter((one) => needs[i]?.includes(one))]),
    );
  });

const faults = fc.record({
  push: fc.integer({ min: 1, max: 18 }),
  at: fc.nat({ max: 4 }),
  kind: fc.constantFrom("hook", "hook for all", "concurrent", "gone"),
});

test("WV-17: whatever fails when, every target has the change in the end, or none has it, and nobody's work is lost", async ({
  annotate,
}) => {
  const numRuns = howMany(4, 150);
  await fc.assert(
    fc.asyncProperty(shapes, fc.array(faults, { minLength: 1, maxLength: 2 }), async (shape, injected) => {
      const on = await Repositories.make(shape);
      const disturbed: string[] = [];
      for (const { push, at, kind } of injected) {
        const name = on.names[at % on.names.length] ?? "";
        const scripts = {
          hook: on.hookRefuses(name),
          "hook for all": on.hookRefuses(name, "all"),
          concurrent: `[ -d '${on.root}/${name}.git' ] && {\n${on.someonePushes(name)}\n}`,
          gone: on.goes(name),
        };
        await on.before(push, scripts[kind]);
        if (kind === "concurrent") disturbed.push(name);
      }
      const result = await commitChangeSet(on.place).then(
        ({ outcome }) => outcome?.result,
        (error: unknown) => {
          if (!(error instanceof ProblemsError)) throw error;
          return "left" as const;
        },
      );
      await on.heal();
      if (result !== "left") expect([0, on.names.length]).toContain(on.holding().length);
      if (result === "committed") expect(on.holding()).toEqual(on.names);
      const journal = on.git(on.names[0] ?? "", "for-each-ref", "refs/fairlead");
      if (result === "left" && journal !== "") await resumeChangeSet(on.place);
      expect([0, on.names.length]).toContain(on.holding().length);
      const pushes = await on.pushes();
      for (const name of disturbed) {
        const happened = injected.some(
          ({ kind, push, at }) =>
            kind === "concurrent" && push <= pushes && on.names[at % on.names.length] === name,
        );
        if (happened && injected.length === 1) expect(on.files(name)).toContain("later.txt");
      }
    }),
    { seed: 17, numRuns, endOnFailure: true },
  );
  await annotate(`${numRuns} sets with random failures`);
});
