// What is asked of the judges; each script says how it measures.

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Cases whose scripts measure by themselves. */
export const deliveryCases = [
  {
    name: "canary: roll-backs over four steps, beside Mann and Whitney's test alone",
    script: "delivery/canary.ts",
    read: ({ canaries, alpha, rows }) => ({
      shown: rows
        .map(({ name, ours, rankAlone }) => `${name}: ${percent(ours)} (alone ${percent(rankAlone)})`)
        .join("; "),
      wanted: `≤ ${percent(alpha)} where nothing changed, ≥ 90 % where something did, ${canaries} canaries each`,
      met: rows.every(({ isWorse, ours }) => (isWorse ? ours >= 0.9 : ours <= alpha)),
    }),
  },
  {
    name: "policy replay: 10,000 recorded decisions",
    script: "delivery/replay.ts",
    // OPA is built where it is not yet.
    limitSeconds: 1200,
    read: ({ decisions, replayed, flips, seconds, judgeSeconds, opa }) => ({
      shown: [
        `${seconds.toFixed(2)} s of processor time, ${flips} flips`,
        opa.missing === undefined
          ? `judging alone ${judgeSeconds.toFixed(2)} s, OPA ${opa.seconds.toFixed(2)} s (${(opa.seconds / judgeSeconds).toFixed(1)} times as long), ${opa.same ? "the same" : "other"} verdicts`
          : `no OPA: ${opa.missing}`,
      ].join("; "),
      wanted: "< 2 s, every decision judged, OPA's verdicts the same",
      met: seconds < 2 && replayed === decisions && flips > 0 && opa.same === true,
    }),
  },
];
