import type { Environment, Origin } from "../model.ts";
import { at } from "../problems.ts";
import type { Stop } from "../promotion.ts";
import type { Scope } from "./scope.ts";

// The way of a release.
const STAGES = ["local", "dev", "staging", "prod"];

interface Road {
  stops: readonly Stop[];
  environments: readonly Environment[];
  origin: Origin;
}

/** Problems where the stops are no road: it must have one beginning, lead on, and skip no stage. */
export function checkRoad(scope: Scope, road: Road): void {
  const { stops, origin } = road;
  const { problems } = scope;
  const place = (stop: Stop) => at(origin, "environments", stop.environment, "after");
  // A stop that could not be read may have stood anywhere.
  if (!problems.isSound(at(origin, "environments"))) return;
  const firsts = stops.filter(({ after }) => after === undefined);
  for (const stop of stops) {
    const before = stops.find(({ environment }) => environment === stop.after);
    if (stop.after !== undefined && !before) {
      const message = `${stop.environment} comes after ${stop.after}, which no release is promoted to`;
      problems.add("promotion/not-on-the-way", place(stop), message, {
        fix: `add ${stop.after} to the environments, or name one of them: ${stops.map((s) => s.environment).join(", ")}`,
      });
    } else if (isCyclic(stop, stops)) continue;
    else checkStages(scope, stop, road);
  }
  const circle = stops.filter((stop) => isCyclic(stop, stops));
  const [one] = circle;
  if (one) {
    const names = circle.map(({ environment }) => environment).join(", ");
    const message = `no release can ever begin its way through ${names}: each comes after another of them`;
    problems.add("promotion/cyclic", place(one), message, { fix: "take out after at the first of them" });
  }
  for (const [i, other] of firsts.entries()) {
    if (i === 0) continue;
    const message = `${other.environment} and ${firsts[0]?.environment} are both a first environment`;
    const where = { ...at(origin, "environments", other.environment), key: true };
    problems.add("promotion/two-roads", where, message, {
      fix: "say in after which environment the releases of one of them come from",
    });
  }
}

function isCyclic(stop: Stop, stops: readonly Stop[]): boolean {
  const way = wayTo(stop, stops);
  return way.length > stops.length;
}

/** The stops before one, nearest first; longer than all stops are together where they go in a circle. */
function wayTo(stop: Stop, stops: readonly Stop[]): Stop[] {
  const way: Stop[] = [];
  let before = stops.find(({ environment }) => environment === stop.after);
  while (before && way.length <= stops.length) {
    way.push(before);
    const { after } = before;
    before = stops.find(({ environment }) => environment === after);
  }
  return way;
}

function checkStages({ problems }: Scope, stop: Stop, { stops, environments, origin }: Road): void {
  const stageOf = (name: string) => {
    const environment = environments.find((one) => one.name === name);
    const isRead = environment && problems.isSound(at(environment.origin, "stage"));
    return isRead ? STAGES.indexOf(environment.stage) : undefined;
  };
  const [here, before] = [stageOf(stop.environment), stop.after === undefined ? 0 : stageOf(stop.after)];
  if (here === undefined || before === undefined) return;
  const place = at(origin, "environments", stop.environment, ...(stop.after === undefined ? [] : ["after"]));
  const where = stop.after === undefined ? { ...place, key: true } : place;
  if (stop.after !== undefined && here < before) {
    const message = `${stop.environment} is a ${STAGES[here]} environment, and comes after ${stop.after} of ${STAGES[before]}`;
    problems.add("promotion/wrong-order", where, message, {
      fix: "let releases pass dev, staging and prod in this order",
    });
    return;
  }
  const passed = new Set(wayTo(stop, stops).map(({ environment }) => stageOf(environment)));
  const skipped = environments.filter(({ name, stage }) => {
    const rank = stageOf(name) ?? -1;
    return rank > before && rank < here && !passed.has(rank) && STAGES.includes(stage);
  });
  if (skipped.length === 0) return;
  const names = skipped.map(({ name }) => name).join(", ");
  const way = stop.after === undefined ? "first of all" : `from ${stop.after} at once`;
  problems.add("promotion/skipped", where, `releases enter ${stop.environment} ${way}, and skip ${names}`, {
    fix: `let ${stop.environment} come after ${skipped.at(-1)?.name}`,
  });
}

/** The stops in the order in which a release passes them; those that stand beside each other by stage and name. */
export function inOrder(stops: readonly Stop[], environments: readonly Environment[]): Stop[] {
  const rank = (stop: Stop) => environments.findIndex(({ name }) => name === stop.environment);
  const depth = (stop: Stop) => wayTo(stop, stops).length;
  return [...stops].sort((a, b) => depth(a) - depth(b) || rank(a) - rank(b));
}
