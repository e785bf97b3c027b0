import { readFileSync } from "node:fs";
import type { Artifact, Model } from "../model/model.ts";
import { packageFile } from "../package-root.ts";
import { profileOf } from "./profile.ts";

const script = readFileSync(packageFile("load-tests/scripts/http.js"), "utf8");

/**
 * A k6 test for each load profile: `script.js`, byte for byte the hand-written `scripts/http.js`, and the
 * `profile.json` beside it, which holds everything that differs between profiles.
 */
export function loadTests(model: Model): Artifact[] {
  return model.platforms.flatMap((platform) =>
    platform.loadProfiles.flatMap((profile): Artifact[] => {
      const folder = `generated/load-tests/${platform.name}/${profile.name}`;
      const document = profileOf(platform.name, profile);
      return [
        {
          path: `${folder}/profile.json`,
          content: `${JSON.stringify(document, null, 2)}\n`,
          origin: profile.origin,
        },
        { path: `${folder}/script.js`, content: script, origin: profile.origin },
      ];
    }),
  );
}
