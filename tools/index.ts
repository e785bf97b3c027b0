/** The outside tools: found on the PATH or built once from pinned modules. Import from here only. */
export { cacheDir, type ToolOptions } from "./cache.ts";
export { type AbsentTool, type FoundTool, findTool, requireTool } from "./find.ts";
export { type InstallOptions, type InstallProgress, installTools, progressLine } from "./install.ts";
export { type ClusterOptions, type LocalCluster, startCluster, stopCluster } from "./localkube.ts";
export { type MissingTool, ToolMissingError } from "./missing.ts";
export { type ToolName, toolNames, tools } from "./pins.ts";
export { chooseProviderSource, type ProviderChoice } from "./provider-choice.ts";
export { type ProviderSource, providerMirror } from "./providers.ts";
export { type ProgramStatus, type ToolReport, type ToolStatus, toolReport } from "./report.ts";
