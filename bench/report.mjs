// What was measured, as a table, and whether the targets are met.
import { cpus, totalmem } from "node:os";

/** The report in Markdown; `missing` cases are not measured yet. */
export function reportOf(results, missing = 0) {
  const head = [
    "Benchmark",
    "Seconds",
    "Processor s",
    "Peak MiB",
    "Target",
    "By the yardstick",
    "Met",
    "Case took",
  ];
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  return [
    "# Benchmarks",
    "",
    `Medians of whole processes, after runs to warm up, by \`npm run bench\` on ${machine}.`,
    ...(missing > 0
      ? [`It was cut: ${missing} more ${missing === 1 ? "case was" : "cases were"} not measured.`]
      : []),
    ...yardstickLines(results),
    "",
    ...[head, head.map(() => "-"), ...results.map((result) => row(result, results))].map(
      (cells) => `| ${cells.join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

/** How many times as long as where the targets were set this machine takes for what was measured there too; nothing where that was not measured here. */
function slownessOf(results) {
  const { seconds, yardstick } = results.find((result) => result.yardstick && result.seconds > 0) ?? {};
  return yardstick && seconds / yardstick;
}

function yardstickLines(results) {
  const slowness = slownessOf(results);
  if (slowness === undefined) return [];
  const { name, seconds, yardstick } = results.find((result) => result.yardstick);
  return [
    "",
    `The yardstick: ${name} took ${digits(seconds)} s here and ${digits(yardstick)} s on the machine on which the targets were set, so this one took ${slowness.toFixed(2)} times as long. That column shows seconds divided by this; whether a target is met is told by the seconds measured here.`,
  ];
}

/** The cells of a result; `results` are those that it may be compared with. */
export function row(result, results) {
  const { name, seconds, processor, memory, target, took } = result;
  const met =
    target === undefined && !result.script && !result.failure ? "" : isMissed(result, results) ? "no" : "yes";
  const slowness = target?.seconds === undefined ? undefined : slownessOf(results);
  const tail = [
    digits(slowness && seconds / slowness),
    met,
    took === undefined ? "" : `${took.toFixed(0)} s`,
  ];
  if (result.failure) return [name, "failed", "", "", result.failure.replaceAll("|", " "), ...tail];
  if (result.script) return [name, result.shown, "", "", result.wanted, ...tail];
  const times = timesOf(result, results);
  const wanted = [
    times ? [`≤ ${times.may} × the comparison (${times.does.toFixed(2)})`] : [],
    target?.seconds === undefined ? [] : [`< ${target.seconds} s (${(seconds / target.seconds).toFixed(2)})`],
    target?.memory === undefined ? [] : [`≤ ${target.memory} MiB`],
  ].flat();
  return [name, digits(seconds), digits(processor), memory ? String(memory) : "", wanted.join(", "), ...tail];
}

const digits = (seconds) =>
  seconds === undefined ? "" : seconds < 1 ? seconds.toFixed(3) : seconds.toFixed(2);

/** How many times as long as what it is compared with a case may take and takes; nothing where that was not measured. */
function timesOf({ seconds, target }, results) {
  const compared = results.find(({ name }) => name === target?.of);
  return compared && { may: target.times, does: seconds / compared.seconds };
}

/** Whether a case failed or did not reach its target. */
export function isMissed(result, results) {
  const { seconds, memory, met, failure, target = {} } = result;
  const times = timesOf(result, results);
  return (
    failure !== undefined ||
    met === false ||
    (times !== undefined && times.does > times.may) ||
    seconds >= (target.seconds ?? Number.POSITIVE_INFINITY) ||
    memory > (target.memory ?? Number.POSITIVE_INFINITY)
  );
}
