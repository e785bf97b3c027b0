import type { LoadProfile } from "../model/model.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { type Thresholds, thresholdsOf } from "./thresholds.ts";

/** What `script.js` reads from the `profile.json` beside it. */
export interface Profile {
  platform: string;
  profile: string;
  title: string;
  /** Where the target listens when nothing else is said; `-e BASE_URL=` overrides it. */
  baseUrl: string;
  /** k6's own options. */
  options: {
    scenarios: { load: Scenario };
    thresholds: Thresholds;
    summaryTrendStats: string[];
    /** On every sample, so that several runs can be told apart in one Prometheus. */
    tags: { platform: string; profile: string };
    userAgent: string;
    /** Only statuses are looked at: bodies would cost memory and tell nothing. */
    discardResponseBodies: true;
  };
  /** Sent once before the load. */
  prepare: LoadProfile["requests"];
  requests: LoadProfile["requests"];
}

/** A load profile as k6 runs it. */
export function profileOf(platform: string, profile: LoadProfile): Profile {
  return {
    platform,
    profile: profile.name,
    title: profile.title,
    baseUrl: `http://127.0.0.1:${profile.target.port}`,
    options: {
      scenarios: { load: scenarioOf(profile.arrivals) },
      thresholds: thresholdsOf(profile),
      summaryTrendStats: ["min", "avg", "p(50)", "p(95)", "p(99)", "max"],
      tags: { platform, profile: profile.name },
      userAgent: `fairlead/${platform}/${profile.name}`,
      discardResponseBodies: true,
    },
    prepare: profile.prepare,
    requests: profile.requests,
  };
}
