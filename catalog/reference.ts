import { z } from "zod";

/** What a catalog entry can refer to by name. */
export type Referable =
  | "service"
  | "volume"
  | "metric"
  | "slo"
  | "alert"
  | "dashboard"
  | "loadProfile"
  | "environment"
  | "gate"
  | "receiver";

declare const referred: unique symbol;
/** A string that names another entry; `Refer` replaces it by the names that exist. */
export type Reference<K extends Referable = Referable> = string & { readonly [referred]: K };

/** Schema of a reference by name. That the name exists is checked by the compiler and again by the model. */
export function reference<K extends Referable>(_to: K): z.ZodType<Reference<K>, Reference<K>> {
  return z.string().min(1) as unknown as z.ZodType<Reference<K>, Reference<K>>;
}

/** The names that exist, by what they name. */
export type Names = { readonly [K in Referable]?: string };

/** No names in particular: any string will do. */
export type AnyNames = Record<never, never>;

type NamesOf<K extends Referable, N extends Names> = N[K] extends string ? N[K] : string;

/** `T` with every reference narrowed to the names that exist: a wrong one is a compile error. */
export type Refer<T, N extends Names> = unknown extends T
  ? T
  : T extends Reference<infer K>
    ? NamesOf<K, N>
    : T extends string | number | boolean | null | undefined
      ? T
      : { [P in keyof T]: Refer<T[P], N> };

/** The members of `T`, each narrowed; unlike `Refer` an interface can extend it. */
export type ReferMembers<T, N extends Names> = { [P in keyof T]: Refer<T[P], N> };
