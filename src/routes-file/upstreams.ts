// The upstreams of a routes file: their addresses, with variables filled in, and their timeouts.
import { maskUserInfo } from '../mask.ts';
import type { Problem } from '../routing/problem.ts';
import type { Position, Upstream } from '../routing/route.ts';
import type { LoadEnvironment } from './load.ts';
import type { Entry } from './merge.ts';
import type { UpstreamEntry } from './schema.ts';
import { timeoutDefaults } from './schema-forwarding.ts';

/**
 * Reads the declared upstreams, and adds `legacy` from LEGACY_URL where the files do not declare it.
 * What is wrong is added to `problems`, and the upstream left with its text as it stands.
 */
export function readUpstreams(
  declared: readonly Entry<UpstreamEntry>[],
  environment: LoadEnvironment,
  problems: Problem[],
): readonly Upstream[] {
  const upstreams = declared.map((entry) => readUpstream(entry, environment, problems));
  if (environment.legacyUrl === undefined || declared.some(({ name }) => name === 'legacy')) return upstreams;
  const position = { file: 'LEGACY_URL', line: 0, column: 0 };
  const origin = readOrigin(environment.legacyUrl, position, environment, problems);
  return [...upstreams, upstreamOf('legacy', { origins: [origin], written: [`\${LEGACY_URL}`] }, {})];
}

function readUpstream(
  { name, value, source }: Entry<UpstreamEntry>,
  environment: LoadEnvironment,
  problems: Problem[],
): Upstream {
  const { url, ...rest } = typeof value === 'string' ? { url: value } : value;
  const path = typeof value === 'string' ? ['upstreams', name] : ['upstreams', name, 'url'];
  const texts = [url].flat();
  const origins = texts.map((text, index) => {
    const position = source.position(Array.isArray(url) ? [...path, index] : path);
    return readOrigin(text, position, environment, problems);
  });
  const written = texts.map((text, index) => (text.includes('${') ? text : (origins[index] ?? text)));
  return upstreamOf(name, { origins, written }, rest);
}

function upstreamOf(
  name: string,
  addresses: Pick<Upstream, 'origins' | 'written'>,
  { host = 'preserve', rewrite = false, timeouts }: Omit<Exclude<UpstreamEntry, string>, 'url'>,
): Upstream {
  return {
    name,
    ...addresses,
    timeouts: { ...timeoutDefaults, ...timeouts },
    host: host === 'preserve' ? undefined : host,
    rewrite,
  };
}

function readOrigin(
  text: string,
  position: Position,
  environment: LoadEnvironment,
  problems: Problem[],
): string {
  const filled = fillVariables(text, position, environment, problems);
  if (filled === undefined) return environment.unsetAddress ?? text;
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  const isOrigin =
    url && (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && !url.search;
  if (isOrigin && !url.username && !url.password) return url.origin;
  problems.push({
    code: 'invalid-url',
    position,
    message: `"${maskUserInfo(filled)}" is not the address of an HTTP server`,
    cure: 'write http://host:port, without user, path or query',
  });
  return text;
}

function fillVariables(
  text: string,
  position: Position,
  environment: LoadEnvironment,
  problems: Problem[],
): string | undefined {
  let complete = true;
  const filled = text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback?: string) => {
      const value = environment.variable(name) || fallback;
      if (value !== undefined) return value;
      complete = false;
      if (environment.unsetAddress !== undefined) return '';
      problems.push({
        code: 'unset-variable',
        position,
        message: `\${${name}} is not set`,
        cure: `set ${name} in the environment, or give a default: \${${name}:-http://127.0.0.1:8080}`,
      });
      return '';
    },
  );
  return complete ? filled : undefined;
}
