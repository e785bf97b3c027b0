import { stringify } from "yaml";

/** A Sloth file of as many services as are asked for, five SLOs each. */
export function slothSpec(services) {
  return Array.from({ length: services }, (_, i) => serviceSpec(`service-${i}`)).join("---\n");
}

function serviceSpec(service) {
  const slos = [0, 1, 2, 3, 4].map((i) => {
    const selected = `service="${service}",route="r${i}"`;
    return {
      name: `${service}-route-${i}`,
      objective: 99.9,
      description: `Requests of route ${i} to ${service} succeed.`,
      sli: {
        events: {
          error_query: `sum(rate(http_requests_total{${selected},code=~"(5..|429)"}[{{.window}}]))`,
          total_query: `sum(rate(http_requests_total{${selected}}[{{.window}}]))`,
        },
      },
      alerting: { name: `${service}Route${i}` },
    };
  });
  return stringify({ version: "prometheus/v1", service, slos }, { lineWidth: 0 });
}
