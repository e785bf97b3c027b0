// What the API server says when something does not fit into a ResourceQuota (k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go).
const REFUSAL = /exceeded quota: ([a-z0-9.-]+), requested: (\S+), used: (\S+), limited: (\S+)/;

/**
 * Which quota it is, what of it is left, and what is asked for, of each resource that there is too little of. Undefined where the words are none of such a
 * refusal.
 */
export function quotaRefusal(words: string): string | undefined {
  const [found, name, ...lists] = REFUSAL.exec(words) ?? [];
  if (found === undefined) return undefined;
  const [asked, used, limits] = lists.map(amountsIn);
  const parts = [...(asked ?? [])].map(([resource, amount]) => {
    const [taken, limit] = [used?.get(resource) ?? "0", limits?.get(resource) ?? "0"];
    return `${resource}: ${amount} asked for, ${leftOf(limit, taken)} left (${taken} of ${limit} used)`;
  });
  return `quota ${name} has too little ${parts.join("; ")}`;
}

/** "pods=1,requests.cpu=2" */
function amountsIn(list: string): Map<string, string> {
  return new Map(list.split(",").map((one) => one.split("=", 2) as [string, string]));
}

const NANO = 10n ** 9n;
type Units = readonly (readonly [string, bigint])[];
const LARGE: Units = [..."kMGTPE"].map((unit, i) => [unit, NANO * 1000n ** BigInt(i + 1)]);
const BINARY: Units = [..."EPTGMK"].map((unit, i) => [`${unit}i`, NANO * 1024n ** BigInt(6 - i)]);
const SMALL: Units = [
  ["", NANO],
  ["m", 10n ** 6n],
  ["u", 10n ** 3n],
  ["n", 1n],
];
const SIZES = new Map([...LARGE, ...BINARY, ...SMALL]);

/** In the largest unit of which it is a whole number; nothing where a quota was made smaller than what is there. */
function leftOf(limit: string, used: string): string {
  const [all, taken] = [nanosOf(limit), nanosOf(used)];
  if (all === undefined || taken === undefined) return `${limit} less ${used}`;
  const left = all - taken;
  if (left <= 0n) return "nothing";
  const isBinary = [limit, used].some((amount) => amount.endsWith("i"));
  const units = isBinary ? [...BINARY, ...SMALL] : SMALL;
  const [unit, size] = units.find(([, each]) => left % each === 0n) ?? ["n", 1n];
  return `${left / size}${unit}`;
}

/** Of a quantity of Kubernetes (k8s.io/apimachinery/pkg/api/resource), in billionths, its smallest part. */
function nanosOf(quantity: string): bigint | undefined {
  const [found, whole = "", fraction = "", unit = ""] =
    /^(\d+)(?:\.(\d{1,9}))?([a-zA-Z]*)$/.exec(quantity) ?? [];
  const size = SIZES.get(unit);
  if (found === undefined || size === undefined) return undefined;
  return (BigInt(whole + fraction) * size) / 10n ** BigInt(fraction.length);
}
