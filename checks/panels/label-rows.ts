/** The labels of one series. */
export type LabelRow = Readonly<Record<string, string>>;

// Below this, everything that can be is made; above, a metric with five labels would alone have a hundred thousand series.
const ALL_UP_TO = 48;

/**
 * Label sets in which every value of a label stands beside every value of each other label: the whole product where that is
 * small, otherwise about as many rows as the two longest labels have pairs, three times as many at worst. A query that asks for
 * three values at once gets its own row by `wanted`.
 */
export function labelRows(
  labels: Readonly<Record<string, readonly string[]>>,
  wanted: readonly ((label: string, value: string) => boolean)[] = [],
): LabelRow[] {
  const names = Object.keys(labels).sort();
  const values = names.map((name) => labels[name] ?? []);
  const size = values.reduce((product, { length }) => product * length, 1);
  if (size === 0) return [];
  const picks = size <= ALL_UP_TO ? product(values) : pairs(values);
  const rows = picks.map((pick) => rowOf(names, values, pick));
  for (const fits of wanted) {
    const isMet = (row: LabelRow) => names.every((name) => fits(name, row[name] ?? ""));
    const pick = values.map((all, i) => all.findIndex((value) => fits(names[i] ?? "", value)));
    if (!pick.includes(-1) && !rows.some(isMet)) rows.push(rowOf(names, values, pick));
  }
  return rows;
}

/** Of each label the index of one of its values. */
type Pick = readonly number[];

function rowOf(names: readonly string[], values: readonly (readonly string[])[], pick: Pick): LabelRow {
  return Object.fromEntries(names.map((name, i) => [name, values[i]?.[pick[i] ?? 0] ?? ""]));
}

function product(values: readonly (readonly string[])[]): Pick[] {
  return values.reduce<Pick[]>(
    (picks, all) => picks.flatMap((pick) => all.map((_value, i) => [...pick, i])),
    [[]],
  );
}

function pairs(values: readonly (readonly string[])[]): Pick[] {
  const met = new Set<string>();
  const isNew = (one: Pair) => !met.has(keyOf(one));
  const picks: Pick[] = [];
  const add = ({ i, a, j, b }: Pair) => {
    // Each other label takes a value that has not yet met this one, so that few rows are needed.
    const pick = values.map((all, k) => {
      if (k === i) return a;
      if (k === j) return b;
      const start = picks.length % all.length;
      const turn = all.findIndex((_value, n) => {
        const c = (start + n) % all.length;
        return isNew(k < i ? { i: k, a: c, j: i, b: a } : { i, a, j: k, b: c });
      });
      return (start + Math.max(turn, 0)) % all.length;
    });
    for (const [k, c] of pick.entries())
      for (let l = k + 1; l < pick.length; l += 1) met.add(keyOf({ i: k, a: c, j: l, b: pick[l] ?? 0 }));
    picks.push(pick);
  };
  for (let i = 0; i < values.length; i += 1)
    for (let j = i + 1; j < values.length; j += 1)
      for (let a = 0; a < (values[i]?.length ?? 0); a += 1)
        for (let b = 0; b < (values[j]?.length ?? 0); b += 1) if (isNew({ i, a, j, b })) add({ i, a, j, b });
  return picks;
}

/** Value `a` of label `i` beside value `b` of a later label `j`, all by their numbers. */
interface Pair {
  i: number;
  a: number;
  j: number;
  b: number;
}

const keyOf = ({ i, a, j, b }: Pair) => `${i}:${a}|${j}:${b}`;
