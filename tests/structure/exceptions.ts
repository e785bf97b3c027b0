/** Files beyond 300 lines. The list only gets shorter. */
export const longFiles = [
  // Fixtures and tables of cases, read from top to bottom.
  "alerts/fixtures/many-signals.ts",
  "catalog/load/load-catalog.test.ts",
  "catalog/load/yaml-file.test.ts",
  // Entries of a catalog.
  "catalog/platforms/commandcenter/services.ts",
  "catalog/platforms/weathervane/dashboards/resource-utilization.ts",
  "dashboards/index.test.ts",
  "diff/compare.test.ts",
];

/** Functions beyond 40 lines, by file and name, under the reason for it. The lists only get shorter. */
export const longFunctions: Record<string, readonly string[]> = {
  "A table of entries or the steps of a page, after names for what several of them say.": [
    "catalog/packs/load-profiles/index.ts usualLoadProfiles",
    "catalog/packs/production-base/cache/metrics.ts cacheMetrics",
    "catalog/packs/production-base/clients/metrics.ts httpClientMetrics",
    "catalog/packs/production-base/clients/metrics.ts websocketMetrics",
    "catalog/packs/production-base/databases/metrics.ts databaseMetrics",
    "catalog/packs/production-base/http/alerts.ts httpAlerts",
    "catalog/packs/production-base/http/metrics.ts httpMetrics",
    "catalog/packs/production-base/runtime/metrics.ts nodejsMetrics",
    "catalog/packs/production-base/runtime/metrics.ts processMetrics",
    "catalog/packs/production-base/telemetry.ts telemetryAlerts",
    "catalog/packs/production-base/telemetry.ts telemetryMetrics",
    "catalog/packs/production-base/telemetry.ts telemetryRow",
    "catalog/packs/production-base/users.ts userMetrics",
    "catalog/platforms/nexus/dashboards/service-panels.ts answering",
    "dashboards/fleet.ts byPlatform",
    "dashboards/fleet.ts traffic",
    "model/alerting/derived-runbooks.ts absentRunbook",
    "model/alerting/derived-runbooks.ts watchdogRunbook",
    "runbooks/operations/back-up.ts backUp",
    "runbooks/operations/back-up.ts snapshots",
    "runbooks/operations/break-glass.ts breakGlass",
    "runbooks/operations/roll-back.ts rollBack",
    "runbooks/operations/scale.ts scale",
    "runbooks/operations/secrets.ts lifeOfSecrets",
    "runbooks/operations/start-and-stop.ts startAndStop",
  ],
  "A walk or a switch over kinds that is easier to follow in one place.": [
    "alerts/unit-tests/condition.ts candidates",
    "catalog/load/bundle-messages.ts explain",
    "delivery/promotion/state.ts stateOf",
    "explain/service.ts explainService",
    "model/promql/inspect.ts enter",
  ],
  "To be divided.": ["alerts/unit-tests/burn.ts ratioScene", "model/resolve/slos.ts resolveSlo"],
};

/** Functions with more than two parameters and an object of options. The list only gets shorter. */
export const manyParameters = [
  "model/problems.ts add",
  "model/references.ts among",
  "model/resolve/scope.ts checkLabel",
  "tests/project-folder.ts edit",
];
