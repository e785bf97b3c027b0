// Addresses of Git hold names, passwords and tokens; nobody is told them.

/**
 * A remote as it may be shown and kept: without user and query where it is http, since tokens are written there, and without a
 * password anywhere.
 */
export function withoutSecrets(remote: string): string {
  const [, scheme = "", user, rest = ""] = /^([a-z][\w+.-]*:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(remote) ?? [];
  if (scheme === "") return remote;
  const isSsh = scheme.toLowerCase() === "ssh://";
  const shown = user === undefined ? "" : isSsh ? `${user.replace(/:.*/s, ":***")}@` : "***@";
  return `${scheme}${shown}${rest.replace(/\?.*/s, "?***")}`;
}

/**
 * Takes the secrets of remotes out of whatever Git or another program says. What stands before an @ in any URL goes too: Git follows redirects to
 * addresses that nobody wrote down.
 */
export function scrubberOf(remotes: readonly string[]): (text: string) => string {
  const secrets = [...new Set(remotes.flatMap(secretsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    const whole = remotes.reduce((all, remote) => all.replaceAll(remote, withoutSecrets(remote)), text);
    const masked = secrets.reduce((all, secret) => all.replaceAll(secret, "***"), whole);
    return masked.replace(/\b([a-z][\w+.-]*:\/\/)([^\s/?#@]*)@/gi, (url, scheme, user) =>
      /^ssh:/i.test(scheme) && !user.includes(":") ? url : `${scheme}***@`,
    );
  };
}

function secretsOf(remote: string): string[] {
  if (withoutSecrets(remote) === remote || !URL.canParse(remote)) return [];
  const { protocol, username, password, search, searchParams } = new URL(remote);
  const user = protocol === "ssh:" ? [] : [username];
  const written = [...user, password, search.slice(1), ...searchParams.values()];
  // A user of one letter would mask every such letter of a log.
  return written.flatMap((one) => [one, decoded(one)]).filter((one) => one.length > 3);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
