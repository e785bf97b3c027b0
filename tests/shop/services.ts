import { defineServices, defineVolumes } from "fairlead";

export const volumes = defineVolumes({ receipts: { title: "Receipts", size: "5Gi", access: "shared" } });

const probes = {
  readiness: { http: "/readyz", port: "http" },
  liveness: { http: "/healthz", port: "http" },
} as const;
const resources = { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } } as const;

export const services = defineServices(
  { volumes },
  {
    api: {
      title: "Order API",
      description: "Takes orders.",
      image: "ghcr.io/shop/api:1.2.3",
      ports: { http: 8080 },
      metrics: { port: "http" },
      probes,
      resources,
      scaling: { min: 2, max: 5, cpu: "70%" },
      dependsOn: ["store"],
      public: ["http"],
      secrets: { PAYMENT_KEY: { secret: "payment", key: "api-key" } },
      egress: [{ cidr: "203.0.113.0/24", port: 443, why: "payment provider" }],
      mounts: { "/receipts": "receipts" },
      meets: ["SH-1"],
    },
    store: {
      title: "Order store",
      description: "Keeps orders.",
      image: "ghcr.io/shop/store:2.0.0",
      ports: { store: 6379 },
      probes: { readiness: { tcp: "store" }, liveness: { tcp: "store" } },
      resources,
      scaling: { replicas: 1 },
    },
  },
);
