import fc from "fast-check";
import { expect, test } from "vitest";
import { annotationTemplate, annotationText, labelsNamed } from "./annotation.ts";

test("a named label is filled in, everything else stays what it is", () => {
  const text = "Queue {{$labels.queue}} of {{ $value }} {{ template }}";
  expect(labelsNamed(text)).toEqual(["queue"]);
  expect(annotationTemplate(text)).toBe(
    'Queue {{ $labels.queue }} of {{ "{{" }} $value }} {{ "{{" }} template }}',
  );
  expect(annotationText(text, { queue: "slow" })).toBe("Queue slow of {{ $value }} {{ template }}");
});

test("a brace before a label does not join the label's own", () => {
  expect(annotationTemplate("set {{{ $labels.queue }}}")).toBe('set {{ "{" }}{{ $labels.queue }}}');
});

test("no text can call a function of Prometheus' template language", () => {
  const hostile = fc.stringMatching(/^[{}$a-z". |]{0,30}$/);
  fc.assert(
    fc.property(hostile, (text) => {
      const actions = [...annotationTemplate(text).matchAll(/\{\{.*?\}\}/g)].map(([action]) => action);
      for (const action of actions) expect(action).toMatch(/^\{\{ ("\{\{?"|\$labels\.[a-z]+) \}\}$/);
    }),
  );
});
