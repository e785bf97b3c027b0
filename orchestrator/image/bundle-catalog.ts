// In a build of the image: reads each platform of the catalog once, alone, as the orchestrator will. What is wrong fails the build, and what
// is bundled is kept, since a read-only file system has no place for it later.
import { loadProject } from "../../model/project.ts";

const { platformNames } = await loadProject(".");
for (const name of platformNames) await loadProject(".", { platforms: [name] });
