import type { Element } from "@xmldom/xmldom";
import { counted, type Measured, UnreadableError } from "../measured.ts";
import { childrenOf, countIn, rootOf } from "../xml.ts";

/** Results of tests as JUnit's XML, as `promtool test rules --junit` and most test runners write it. */
export function readJUnit(text: string): Measured {
  const root = rootOf(text, ["testsuites", "testsuite"]);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suitesOf(root)) {
    const cases = childrenOf(suite, "testcase").map(outcomeOf);
    const inside = suitesOf(suite, false).flatMap((one) => childrenOf(one, "testcase"));
    const said = countIn(suite, "tests");
    if (said !== undefined && said !== cases.length && said !== cases.length + inside.length)
      throw new UnreadableError(`a suite counts ${said} tests and lists ${cases.length}`);
    for (const outcome of cases) counts[outcome] += 1;
    // Broken before any of its tests ran.
    if (cases.length + inside.length === 0 && (countIn(suite, "errors") ?? 0) > 0) counts.failed += 1;
  }
  if (counts.passed + counts.failed === 0) throw new UnreadableError("no test ran");
  return { values: counted(counts) };
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
