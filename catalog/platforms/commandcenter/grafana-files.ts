// What Grafana reads when it starts: where its data is, and which dashboards it shows. JSON is YAML, which is what it reads.

const folder = "/etc/grafana/dashboards";

const dataSources = {
  apiVersion: 1,
  datasources: [
    {
      name: "Prometheus",
      type: "prometheus",
      access: "proxy",
      url: "http://prometheus:9090",
      isDefault: true,
    },
    { name: "Traces", type: "jaeger", access: "proxy", url: "http://trace-store:16686" },
  ],
};

const providers = {
  apiVersion: 1,
  providers: [{ name: "commandcenter", type: "file", disableDeletion: true, options: { path: folder } }],
};

/** Files of Grafana: its provisioning, and the generated dashboards. */
export const grafanaFiles = {
  "/etc/grafana/provisioning/datasources": { text: { "data-sources.yaml": JSON.stringify(dataSources) } },
  "/etc/grafana/provisioning/dashboards": { text: { "dashboards.yaml": JSON.stringify(providers) } },
  [folder]: { generated: "dashboards" },
} as const;
