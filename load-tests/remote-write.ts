/** The output of k6 that sends samples to Prometheus. */
export const remoteWriteOutput = "experimental-prometheus-rw";

/** The variables by which that output is told where Prometheus is, and how to send. */
export function remoteWrite(prometheus: string): Record<string, string> {
  return {
    K6_PROMETHEUS_RW_SERVER_URL: `${prometheus.replace(/\/+$/, "")}/api/v1/write`,
    // Histograms of several runners can be added up; percentiles cannot.
    K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: "true",
    K6_PROMETHEUS_RW_PUSH_INTERVAL: "1s",
    K6_PROMETHEUS_RW_STALE_MARKERS: "true",
  };
}
