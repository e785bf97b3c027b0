// What the services of bench/sloth-spec.mjs have counted, and what rules have recorded of it, as OpenMetrics text.

const DAY = 86_400;
// As Fairlead's scrape configuration has it, for a little longer than the longest window.
const SCRAPED = { seconds: 3.1 * DAY, step: 15 };
const RECORDED_SECONDS = 30 * DAY;
const PIECE = 4_000_000;

/**
 * The text, in pieces: the counters of two instances of each service until `now`, and a month of the recorded series, `{ name, labels, stepSeconds }` each.
 */
export function* history({ services, recorded, now }) {
  let piece = "";
  for (const { name, labels, seconds, step, valueAt } of series(services, recorded)) {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const text = `${name}{${pairs.join(",")}}`;
    for (let at = 0; at <= seconds; at += step) piece += `${text} ${valueAt(at)} ${now - seconds + at}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}# EOF\n`;
}

function* series(services, recorded) {
  for (let i = 0; i < services; i += 1) {
    for (let route = 0; route < 5; route += 1) {
      for (const instance of ["a", "b"]) {
        for (const [code, pace] of [
          ["200", 10],
          ["500", 0.005],
        ]) {
          const service = `service-${i}`;
          const labels = {
            platform: "fleet",
            job: `fleet-${service}`,
            service,
            instance,
            route: `r${route}`,
            code,
          };
          const valueAt = (at) => Math.floor(pace * at);
          yield { name: "http_requests_total", labels, ...SCRAPED, valueAt };
        }
      }
    }
  }
  // Recorded numbers have many digits, which Prometheus' compression does not like.
  const valueAt = (at) => 600 + Math.sin(at);
  for (const { name, labels, stepSeconds } of recorded)
    yield { name, labels, seconds: RECORDED_SECONDS, step: stepSeconds, valueAt };
}
