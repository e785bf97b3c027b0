// The dashboard of all platforms belongs to none of them, and stacks belong to one each.
import type { Environment, Model, Platform } from "../model/model.ts";

/**
 * Whether a platform's stack brings the fleet's dashboard to one of its environments: where one Grafana shows all platforms, the
 * first of them does, once. Two stacks with the same dashboard would take it from each other.
 */
export function bringsFleet(
  { platforms, fleet = platforms }: Model,
  { platform, environment }: { platform: Platform; environment: Environment },
): boolean {
  const [first, ...others] = fleet;
  if (first?.name !== platform.name || others.length === 0) return false;
  const beside = (other: Environment) => sharesGrafana(other, environment);
  const isForAll = others.every(({ environments }) => environments.some(beside));
  return isForAll && first.environments.find(beside)?.name === environment.name;
}

function sharesGrafana(one: Environment, other: Environment): boolean {
  return (
    one.context === other.context &&
    one.links.grafana === other.links.grafana &&
    one.links.prometheus === other.links.prometheus
  );
}
