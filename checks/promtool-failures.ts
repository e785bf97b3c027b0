/** Every failure in what `promtool test rules` wrote on its standard error, each as a sentence for a person. */
export function failedTests(said: string): string[] {
  const text = said.replace(/^.*?FAILED:\n?/s, "");
  const failures = text
    .split(/\n(?=\s*(?:name: |alertname: |expr: |rule: ))/)
    .reduce<string[]>(joinNames, []);
  return failures
    .map((failure) => alertSentence(failure) ?? failure.trim())
    .filter((sentence) => sentence !== "");
}

// A named test's failure begins with a line of its name, which belongs to what follows.
function joinNames(failures: string[], block: string): string[] {
  const last = failures.at(-1);
  const isName = last !== undefined && /^\s*name: [^\n]*,$/.test(last);
  return isName ? [...failures.slice(0, -1), `${last}\n${block}`] : [...failures, block];
}

interface Fired {
  labels: string;
  annotations: string;
}

// "name: N,\n alertname: A, time: T, \n exp:[…], \n got:[…]", labels and annotations as Prometheus prints them, each on a line.
function alertSentence(failure: string): string | undefined {
  const head = /(?:name: (?<name>.*),\n\s*)?alertname: (?<alert>.*), time: (?<time>\S+),\s*\n\s*exp:/.exec(
    failure,
  );
  const [expectedText, gotText] = failure.slice(head ? head.index + head[0].length : 0).split(/^\s*got:/m);
  if (!head?.groups || expectedText === undefined || gotText === undefined) return undefined;
  const { name, alert, time } = head.groups;
  const [expected, got] = [firedIn(expectedText), firedIn(gotText)];
  const test = name === undefined ? "a test" : `test "${name}"`;
  return `${test}: alert ${alert} at ${time}: ${difference(expected, got)}`;
}

function firedIn(text: string): Fired[] {
  return [...text.matchAll(/^\s*Labels:(.*)\n\s*Annotations:(\{.*\}),?$/gm)].map(
    ([, labels = "", annotations = ""]) => ({
      labels,
      annotations,
    }),
  );
}

function difference(expected: readonly Fired[], got: readonly Fired[]): string {
  if (expected.length === 0) return `expected silence, but it fires with ${labelsOf(got)}`;
  if (got.length === 0) return `expected to fire with ${labelsOf(expected)}, but it is silent`;
  if (labelsOf(expected) !== labelsOf(got))
    return `expected to fire with ${labelsOf(expected)}, but it fires with ${labelsOf(got)}`;
  const texts = (fired: readonly Fired[]) => fired.map((one) => one.annotations).join(", ");
  return `it fires, expected with annotations ${texts(expected)}, got ${texts(got)}`;
}

function labelsOf(fired: readonly Fired[]): string {
  return fired.map((one) => one.labels).join(", ");
}
