import type { Alert, Slo } from "../../model/model.ts";
import { durationText } from "../duration-text.ts";
import type { Fed } from "./candidate.ts";
import { candidates } from "./condition.ts";
import { customTests } from "./custom.ts";
import { exampleInterval, exampleTests } from "./examples.ts";
import { firing, type Tested } from "./expectation.ts";
import { inputSeries } from "./native.ts";
import { playOf } from "./play.ts";
import { holdSteps, type Recorded, type Scene } from "./scene.ts";
import { labelsText } from "./series.ts";
import { held, runEdges, type Verdict } from "./verdict.ts";

/** What a test is written for. */
export interface Subject extends Tested {
  alert: Alert;
  /** Alerts in the same rule file: promtool passes over those that a test does not name. */
  others: readonly Alert[];
  slo?: Slo | undefined;
  /** The rule file, relative to the test, and its groups in the order of their dependence. */
  rules: { file: string; groups: readonly string[] };
}

/** promtool's unit test of one alert. All its scenes share one pace, since a test file has only one evaluation interval. */
export function unitTest(subject: Subject) {
  const { alert, rules, slo } = subject;
  const head = { rule_files: [rules.file], group_eval_order: rules.groups };
  if (alert.signal.kind === "promql") {
    const interval = exampleInterval(alert.signal.examples);
    return {
      ...head,
      evaluation_interval: interval,
      tests: exampleTests(alert, alert.signal.examples, subject),
    };
  }
  const { stepSeconds, evaluateEvery = 1, scenes } = playOf(alert, slo);
  return {
    ...head,
    evaluation_interval: durationText(stepSeconds * evaluateEvery),
    tests: [
      ...scenes.map((scene) => sceneTest(scene, { stepSeconds, evaluateEvery, subject })),
      ...customTests(alert, slo).map(({ recorded, stepSeconds: step, ...test }) => ({
        ...test,
        interval: durationText(step),
        promql_expr_test: recorded.map((one) => recordedTest(one, step)),
      })),
    ],
  };
}

/** How a scene is looked at. */
interface View {
  stepSeconds: number;
  evaluateEvery: number;
  subject: Subject;
}

function sceneTest(scene: Scene, view: View) {
  const { alert, others, slo } = view.subject;
  const { stepSeconds, evaluateEvery } = view;
  const moments = Array.from({ length: Math.ceil(scene.steps / evaluateEvery) }, (_, i) => i * evaluateEvery);
  const fed = { series: scene.series, stepSeconds, moments, slo };
  const own = outcomes(alert, fed, view);
  const looked = momentsOf(scene, own, evaluateEvery);
  const atLooks = { ...fed, moments: looked.map((moment) => moment * evaluateEvery) };
  // Only one that is held for a while depends on what was before.
  const rest = others.map((other) => outcomes(other, other.forSeconds > 0 ? fed : atLooks, view));
  const expected = looked.flatMap((moment) => [
    expectation(own, moment, view),
    // The others have tests of their own; here they show that they stay silent where they should.
    ...rest.filter((other) => isSilent(other, moment)).map((other) => expectation(other, moment, view)),
  ]);
  return {
    name: `${alert.alertname} ${scene.title}`,
    interval: durationText(view.stepSeconds),
    input_series: inputSeries(scene.series, view.subject.slo?.sli),
    alert_rule_test: expected,
    ...(scene.recorded && {
      promql_expr_test: scene.recorded.map((one) => recordedTest(one, view.stepSeconds)),
    }),
  };
}

/** Each alert that can come of a rule, and whether it fires at each evaluation that it was worked out for. */
interface Outcomes {
  alert: Alert;
  each: { shown: () => ReturnType<typeof firing>; fires: Verdict[] }[];
}

function outcomes(alert: Alert, fed: Fed, { stepSeconds, evaluateEvery, subject }: View): Outcomes {
  const { signal, forSeconds } = alert;
  if (signal.kind === "promql") return { alert, each: [] };
  const hold = holdSteps(forSeconds, stepSeconds * evaluateEvery);
  const each = candidates(signal, fed).map(({ labels, condition }) => ({
    shown: shownOnce(() => firing(alert, subject, labels)),
    fires: byEvaluation(held(condition, hold), fed.moments, evaluateEvery),
  }));
  return { alert, each };
}

function byEvaluation(verdicts: Verdict[], moments: readonly number[], evaluateEvery: number): Verdict[] {
  const placed: Verdict[] = [];
  for (const [i, verdict] of verdicts.entries()) placed[(moments[i] ?? 0) / evaluateEvery] = verdict;
  return placed;
}

/** The firing alert as promtool expects it: made only where it is shown, and one object, so that the test shows it in full only once. */
function shownOnce(make: () => ReturnType<typeof firing>): () => ReturnType<typeof firing> {
  let made: ReturnType<typeof firing> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Who fires at each evaluation; undefined where that is too close to call for one of them. */
function states({ each }: Outcomes, evaluations: number): (string | undefined)[] {
  return Array.from({ length: evaluations }, (_, moment) => {
    let state = "";
    for (const { fires } of each) {
      if (fires[moment] === undefined) return undefined;
      state += fires[moment] ? "+" : "-";
    }
    return state;
  });
}

/** When to look: where the alert changes, and where the scene says, as far as the verdict is clear. */
function momentsOf({ looks = [], steps }: Scene, own: Outcomes, evaluateEvery: number): number[] {
  const known = states(own, Math.ceil(steps / evaluateEvery));
  const wanted = new Set([...runEdges(known), ...looks.map((at) => Math.floor(at / evaluateEvery))]);
  return [...wanted].filter((moment) => known[moment] !== undefined).sort((a, b) => a - b);
}

function isSilent({ each }: Outcomes, moment: number): boolean {
  return each.every(({ fires }) => fires[moment] === false);
}

function expectation({ alert, each }: Outcomes, moment: number, { stepSeconds, evaluateEvery }: View) {
  return {
    eval_time: durationText(moment * evaluateEvery * stepSeconds),
    alertname: alert.alertname,
    exp_alerts: each.filter(({ fires }) => fires[moment]).map(({ shown }) => shown()),
  };
}

// Values that went through many additions are compared within a thousandth.
function recordedTest({ record, labels, group = {}, at, value }: Recorded, stepSeconds: number) {
  const own = `${record}${labelsText({ platform: labels.platform ?? "", slo: labels.slo ?? "", ...group })}`;
  const eval_time = durationText(at * stepSeconds);
  if (value === undefined) return { expr: own, eval_time, exp_samples: [] };
  const rounded = Number(value.toPrecision(9));
  const tolerance = Math.abs(Number((rounded / 1000).toPrecision(3)));
  const expr = `abs(${own} - ${rounded}) <= bool ${tolerance}`;
  return { expr, eval_time, exp_samples: [{ labels: labelsText({ ...labels, ...group }), value: 1 }] };
}
