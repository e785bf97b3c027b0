import { expect, test } from "vitest";
import { services } from "../../tests/shop.ts";
import { said } from "../../tests/try-lint.ts";
import { sameProbe } from "./same-probe.ts";

const probed = (liveness: "/readyz" | "/livez", dependsOn: "store"[] = ["store"]) => ({
  services: {
    ...services,
    api: {
      ...services.api,
      dependsOn,
      probes: { readiness: { http: "/readyz", port: "http" }, liveness: { http: liveness, port: "http" } },
    },
  },
});

test("one address for both probes is found where the service depends on others", () => {
  expect(said(sameProbe, probed("/readyz"))).toEqual([
    'services.api.probes.liveness: liveness of "api" asks what readiness asks: when store is down, its pods are restarted',
  ]);
  expect(said(sameProbe, probed("/livez"))).toEqual([]);
  expect(said(sameProbe, probed("/readyz", []))).toEqual([]);
});
