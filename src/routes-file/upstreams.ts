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
  const upstreams = declared.map(({ name, value, source }) => {
    const { url, ...rest } = typeof value === 'string' ? { url: value } : value;
    const path = typeof value === 'string' ? ['upstreams', name] : ['upstreams', name, 'url'];
    const origins = [url]
      .flat()
      .map((text, index) =>
        readOrigin(
          text,
          source.position(Array.isArray(url) ? [...path, index] : path),
          environment,
          problems,
        ),
      );
    return upstreamOf(name, origins, rest);
  });
  if (environment.legacyUrl === undefined || declared.some(({ name }) => name === 'legacy')) return upstreams;
  const position = { file: 'LEGACY_URL', line: 0, column: 0 };
  return [
    ...upstreams,
    upstreamOf('legacy', [readOrigin(environment.legacyUrl, position, environment, problems)], {}),
  ];
}

function upstreamOf(
  name: string,
  origins: readonly string[],
  { host = 'preserve', rewrite = false, timeouts }: Omit<Exclude<UpstreamEntry, string>, 'url'>,
): Upstream {
  return {
    name,
    origins,
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
