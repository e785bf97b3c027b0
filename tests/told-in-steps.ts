// The shop with a second and a third line, mute times, and an environment under maintenance.
import { defineEnvironments, definePlatform, defineRouting } from "fairlead";
import { environments, routing, services, shop, volumes } from "./shop.ts";

const webhook = (name: string) => ({ kind: "webhook", url: `http://127.0.0.1:9095/${name}` }) as const;

const inSteps = defineRouting({
  ...routing,
  receivers: { ...routing.receivers, second: webhook("second"), lead: webhook("lead") },
  escalation: [
    { after: "15m", to: ["second"] },
    { after: "45m", to: ["lead", "second"] },
  ],
  muteTimes: {
    nights: { times: [{ from: "22:00", to: "06:00" }] },
    weekend: { times: [{ weekdays: ["saturday", "sunday"] }] },
  },
});

const upgraded = defineEnvironments(
  { services, volumes, routing: inSteps },
  {
    ...environments,
    local: {
      ...environments.local,
      maintenance: {
        upgrade: {
          timeZone: "Europe/Berlin",
          times: [
            { dates: ["2026-12-31"], from: "23:00", to: "01:30" },
            { weekdays: ["sunday"], from: "22:00", to: "02:00" },
          ],
        },
      },
    },
    prod: {
      ...environments.prod,
      maintenance: { upgrade: { times: [{ dates: ["2026-12-31"], from: "23:00", to: "24:00" }] } },
    },
  },
);

export const toldInSteps = definePlatform({
  ...shop,
  parts: shop.parts.map((part) => ({
    ...part,
    ...(part.routing && { routing: inSteps }),
    ...(part.environments && { environments: upgraded }),
  })),
});
