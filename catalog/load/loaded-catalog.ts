import type { Location, Problem } from "../../problems/problem.ts";
import { callOf, findKey, findPlace, type Path } from "./locate.ts";
import { findInside } from "./locate-inside.ts";
import type { Sources } from "./source-tree.ts";

/** A platform whose catalog could be run. */
export interface LoadedPlatform {
  /** The name of its folder or file. */
  name: string;
  /** The file that default-exports it, relative to the project root. */
  file: string;
  /** The object that it exports, not checked against any schema. */
  value: object;
}

/** A project's catalogs as they were written, and where everything in them is written. */
export interface LoadedCatalog {
  root: string;
  /** Names of all platforms that were found, also of those that were not to be read. */
  names: string[];
  platforms: LoadedPlatform[];
  problems: Problem[];
  /**
   * Where the value at `path` below an object of the catalog is written. For a missing property: the object around it.
   * Not exact where the value is computed: then it is the nearest expression, or the call of `define…()`.
   */
  locate(value: object, path: Path): Location | undefined;
  /** Where the key at the end of `path` is written; for a property that should not be there. */
  locateKey(value: object, path: Path): Location | undefined;
  /** Where the character at `offset` of the string at `path` is written, through escapes and templates. */
  locateInside(value: object, path: Path, offset: number): Location | undefined;
  /** Where the outermost call stands that returned an object: its `define…()`. */
  locateCall(value: object): Location | undefined;
}

type Locators = Pick<LoadedCatalog, "locate" | "locateKey" | "locateInside" | "locateCall">;

/** The four ways to ask where something of a catalog is written. */
export function createLocators(sources: Sources): Locators {
  const at = (place: { file: string; offset: number; exact: boolean } | undefined): Location | undefined => {
    const position = place && sources.tree(place.file)?.position(place.offset);
    return position && { file: place.file, ...position, exact: place.exact };
  };
  const atNode = (place: ReturnType<typeof findKey>) =>
    at(place && { file: place.file, offset: place.node.start, exact: place.exact });
  return {
    locate: (value, path) => atNode(findPlace(sources, value, path)?.place),
    locateKey: (value, path) => atNode(findKey(sources, value, path)),
    locateCall: (value) => atNode(callOf(sources, value)),
    locateInside(value, path, offset) {
      const found = findPlace(sources, value, path);
      const text = valueAt(value, path);
      return found?.whole && typeof text === "string"
        ? at(findInside(found, text, offset))
        : atNode(found?.place);
    },
  };
}

function valueAt(root: object, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, key)?.value;
  }, root);
}
