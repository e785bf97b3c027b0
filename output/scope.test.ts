import { expect, test } from "vitest";
import { shopFromGit } from "../stacks/fixtures/gitops.ts";
import { isInQuestion } from "./scope.ts";

test("manifests are in question where Git delivers the environment, or where it is gone; everything else always is", () => {
  const model = shopFromGit();
  const is = (path: string) => isInQuestion(`generated/${path}`, model);
  expect(is("manifests/shop/prod/services/service-api.yaml")).toBe(true);
  expect(is("manifests/shop/local/services/service-api.yaml")).toBe(false);
  expect(is("manifests/shop/gone/services/service-api.yaml")).toBe(true);
  expect(is("manifests/gone/local/services/service-api.yaml")).toBe(true);
  expect(is("alerts/shop/local/prometheus.yaml")).toBe(true);
});
