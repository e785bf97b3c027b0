import type { Element } from "@xmldom/xmldom";
import { counted, type Measured, UnreadableError } from "../measured.ts";
import { childrenOf, countIn, rootOf, timeIn } from "../xml.ts";

/**
 * Results of tests as JUnit's XML, as `promtool test rules --junit` and most test runners write it. What suites count must be what they
 * list; the first and the last of their times say how fresh it is.
 */
export function readJUnit(text: string): Measured {
  const root = rootOf(text, ["testsuites", "testsuite"]);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suitesOf(root)) {
    const cases = childrenOf(suite, "testcase").map(outcomeOf);
    const inside = suitesOf(suite, false).flatMap((one) => childrenOf(one, "testcase"));
    const said = countIn(suite, "tests");
    if (said !== undefined && said !== cases.length && said !== cases.length + inside.length)
      throw new UnreadableError(`a suite counts ${said} tests and lists ${cases.length}`);
    refuseOtherFailures(suite, inside);
    for (const outcome of cases) counts[outcome] += 1;
    if (isBroken(suite)) counts.failed += 1;
  }
  if (counts.passed + counts.failed === 0) throw new UnreadableError("no test ran");
  const times = suitesOf(root)
    .flatMap((suite) => timeIn(suite, "timestamp") ?? [])
    .sort((a, b) => a - b)
    .map((time) => new Date(time).toISOString());
  const [at, latest] = [times[0], times.at(-1)];
  return {
    ...(at !== undefined && { at }),
    ...(latest !== undefined && { latest }),
    values: counted(counts),
  };
}

/** A suite counts the failures of its own tests, or with those of the suites in it; a test that failed twice once or twice. */
function refuseOtherFailures(suite: Element, inside: readonly Element[]): void {
  const said = ["failures", "errors"].flatMap((name) => countIn(suite, name) ?? []);
  const own = childrenOf(suite, "testcase");
  const broken = suitesOf(suite, false).filter(isBroken).length;
  if (said.length === 0 || isBroken(suite)) return;
  const sum = said.reduce((a, b) => a + b, 0);
  const fits = (cases: readonly Element[], more: number) => {
    const failed = cases.map((one) => [...childrenOf(one, "failure"), ...childrenOf(one, "error")].length);
    const least = failed.filter((times) => times > 0).length;
    return sum >= least && sum <= failed.reduce((a, b) => a + b, 0) + more;
  };
  if (!fits(own, 0) && !fits([...own, ...inside], broken))
    throw new UnreadableError(`a suite counts ${sum} failures and lists others`);
}

/** Whether a suite ended before any of its tests ran. */
function isBroken(suite: Element): boolean {
  const has = [suite, ...suitesOf(suite, false)].some((one) => childrenOf(one, "testcase").length > 0);
  return !has && (countIn(suite, "errors") ?? 0) > 0;
}

function suitesOf(element: Element, withItself = true): Element[] {
  // Node's reporter puts tests right below testsuites.
  const own = withItself ? [element] : [];
  return [...own, ...childrenOf(element, "testsuite").flatMap((suite) => suitesOf(suite))];
}

function outcomeOf(testcase: Element): "passed" | "failed" | "skipped" {
  const has = (name: string) => childrenOf(testcase, name).length > 0;
  if (has("failure") || has("error")) return "failed";
  return has("skipped") ? "skipped" : "passed";
}
