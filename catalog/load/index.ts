export { type LoadOptions, loadCatalog } from "./load-catalog.ts";
export type { LoadedCatalog, LoadedPlatform } from "./loaded-catalog.ts";
