/** ln n!, by Stirling's series: 12 digits from 0 on (Abramowitz and Stegun, 6.1.41, after shifting n by 10). */
export function logFactorial(n: number): number {
  let shift = 0;
  let x = n + 1;
  for (; x < 10; x += 1) shift -= Math.log(x);
  const square = 1 / (x * x);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * Probability that of `drawn` things, taken at random from `all` of which `marked` are marked, at least `found` are marked. It is the one-sided
 * p-value of Fisher's exact test. Sums the tail that leads away from the mean, where terms only shrink: one that underflows is nothing.
 */
export function atLeast(found: number, counts: { all: number; marked: number; drawn: number }): number {
  const { all, marked, drawn } = counts;
  const least = Math.max(0, drawn - (all - marked));
  const most = Math.min(drawn, marked);
  if (found <= least) return 1;
  if (found > most) return 0;
  if (found > (drawn * marked) / all) return Math.min(1, tail(found, most, counts));
  // Fewer than `found` marked are more than drawn − found that are not: the same tail, seen from the other side.
  const others = tail(drawn - found + 1, drawn - least, { all, marked: all - marked, drawn });
  return Math.max(0, 1 - others);
}

/** Sum of the probabilities of `from` to `to` marked. Each term is made from the one before: the ratio needs no logarithms. */
function tail(
  from: number,
  to: number,
  { all, marked, drawn }: { all: number; marked: number; drawn: number },
): number {
  let term = Math.exp(
    logChoose(marked, from) + logChoose(all - marked, drawn - from) - logChoose(all, drawn),
  );
  let sum = term;
  for (let k = from; k < to && term > sum * 1e-17; k++) {
    term *= ((marked - k) * (drawn - k)) / ((k + 1) * (all - marked - drawn + k + 1));
    sum += term;
  }
  return sum;
}
