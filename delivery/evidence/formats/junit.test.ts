import { expect, test } from "vitest";
import { readJUnit } from "./junit.ts";

test("JUnit's suites say when they ran: the first and the last; without a zone the earliest that it can mean", () => {
  const suite = (time: string) => `<testsuite timestamp="${time}"><testcase name="1"/></testsuite>`;
  const times = ["2026-03-01T11:00:00+02:00", "2026-03-02T00:00:00", "2026-03-01T09:30:00.5Z"];
  expect(readJUnit(`<testsuites>${times.map(suite).join("")}</testsuites>`)).toMatchObject({
    at: "2026-03-01T09:00:00.000Z",
    latest: "2026-03-01T10:00:00.000Z",
  });
});

test("a suite that broke before its tests is counted, by itself and in all", () => {
  const broken = `<testsuites errors="1" failures="1"><testsuite errors="1"/><testsuite failures="1"><testcase name="1"><failure/></testcase></testsuite></testsuites>`;
  expect(readJUnit(broken).values).toMatchObject({ failed: { value: 2 } });
});
