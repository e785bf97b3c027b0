// What is asked of a deploy; the script says how it measures.

/** Cases whose scripts measure by themselves. */
export const deployCases = [
  {
    name: "deploy of WeatherVane to a local cluster, by cdktf",
    script: "deploy/local.ts",
    // The cluster and the providers are built where they are not yet.
    limitSeconds: 1200,
    read: ({ deploySeconds, destroySeconds }) => ({
      shown: `${deploySeconds.toFixed(0)} s until every pod is available; destroyed in ${destroySeconds.toFixed(0)} s`,
      wanted: "< 60 s",
      met: deploySeconds < 60,
    }),
  },
  {
    name: "rollback of what Terraform deployed to a local cluster",
    script: "deploy/rollback.ts",
    limitSeconds: 1200,
    read: ({ promoted, rolledBack }) => ({
      shown: `${rolledBack.toFixed(1)} s from the command until every pod of the release before is available; promoted in ${promoted.map((seconds) => seconds.toFixed(1)).join(" and ")} s`,
      wanted: "≤ 10 s",
      met: rolledBack <= 10,
    }),
  },
];
