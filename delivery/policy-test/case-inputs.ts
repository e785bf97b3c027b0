import type { PolicyCases } from "../../catalog/policy-cases.ts";
import { valueIn } from "../../model/resolve/gates.ts";
import type { GateInputs, Policy, Reading } from "../gate/decision.ts";
import { digestOf } from "../gate/record.ts";

type Written = PolicyCases["readings"][string];
type Quantity = Exclude<Written, object>;
type Path = (string | number)[];

/** Something in a case that says nothing about its policy. */
export interface CaseFault {
  kind: "objective" | "value";
  /** The name that no objective has, or the value that the objective does not measure. */
  written: string;
  /** What the objective measures; of a value only. */
  unit?: string;
  /** From the file's root. */
  path: Path;
}

/** What the gate knows in the case number `i`: the usual things, and what is otherwise in it. Unknown names and wrong units are faults. */
export function caseInputs(
  file: PolicyCases,
  i: number,
  policy: Policy,
): { inputs: GateInputs; faults: CaseFault[] } {
  const own = file.cases[i];
  const at = own?.at ?? file.at;
  const reader = new Reader(policy, at);
  const readings = {
    ...reader.readings(file.readings, ["readings"]),
    ...reader.readings(own?.readings ?? {}, ["cases", i, "readings"]),
  };
  const accepted = own?.accepted
    ? reader.accepted(own.accepted, ["cases", i, "accepted"])
    : reader.accepted(file.accepted, ["accepted"]);
  const override = own?.override;
  return { inputs: { at, readings, accepted, ...(override && { override }) }, faults: reader.faults };
}

class Reader {
  readonly faults: CaseFault[] = [];
  readonly #policy: Policy;
  readonly #at: string;

  constructor(policy: Policy, at: string) {
    this.#policy = policy;
    this.#at = at;
  }

  readings(written: Readonly<Record<string, Written>>, path: Path): Record<string, Reading> {
    return Object.fromEntries(
      Object.entries(written).flatMap(([name, one]) => {
        const reading = this.#reading(one, [...path, name]);
        return reading ? [[name, reading]] : [];
      }),
    );
  }

  accepted(written: PolicyCases["accepted"], path: Path): GateInputs["accepted"] {
    return written.map(({ id, at, values }, i) => ({
      id,
      at,
      values: Object.fromEntries(
        Object.entries(values).flatMap(([name, quantity]) => {
          const value = this.#value(quantity, [...path, i, "values", name]);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    }));
  }

  #reading(written: Written, path: Path): Reading | undefined {
    if (typeof written === "object" && "missing" in written) {
      return this.#unit(path) === undefined ? undefined : written;
    }
    const { value: quantity, samples } = typeof written === "object" ? written : { value: written };
    const value = this.#value(quantity, path);
    if (value === undefined) return undefined;
    const source = { digest: digestOf(String(value)), origin: "a case of the policy", at: this.#at };
    return { value, ...(samples !== undefined && { samples }), source };
  }

  #value(quantity: Quantity, path: Path): number | undefined {
    const unit = this.#unit(path);
    if (unit === undefined) return undefined;
    if (typeof quantity === "number") return quantity;
    const value = valueIn(quantity, unit);
    if (value === undefined) this.faults.push({ kind: "value", written: quantity, unit, path });
    return value;
  }

  /** Of the objective whose name ends the path. */
  #unit(path: Path): string | undefined {
    const written = String(path.at(-1));
    const unit = this.#policy.objectives.find(({ name }) => name === written)?.indicator.unit;
    if (unit === undefined) this.faults.push({ kind: "objective", written, path });
    return unit;
  }
}
