export { kubePrometheusStack, openTelemetryCollector, tempo } from "./observing.ts";
export { argoRollouts, externalSecrets, k6Operator } from "./operators.ts";
export { nats, postgresql, postgresqlOperator, redis } from "./stores.ts";
