// The upstreams of a routes file: their addresses, with variables filled in, and their timeouts.
import { maskUserInfo } from '../mask.ts';
import type { Problem } from '../routing/problem.ts';
import type { Position, Upstream } from '../routing/route.ts';
import type { YamlSource } from './document.ts';
import { type RoutesFile, upstreamDefaults } from './schema.ts';

type Environment = {
  readonly legacyUrl: string | undefined;
  readonly variable: (name: string) => string | undefined;
};

/**
 * Reads the declared upstreams, and adds `legacy` from LEGACY_URL where the file does not declare it.
 * What is wrong is added to `problems`, and the upstream left with its text as it stands.
 */
export function readUpstreams(
  declared: RoutesFile['upstreams'],
  source: YamlSource,
  environment: Environment,
  problems: Problem[],
): readonly Upstream[] {
  const upstreams = Object.entries(declared).map(([name, entry]) => {
    const position = source.position(
      typeof entry === 'string' ? ['upstreams', name] : ['upstreams', name, 'url'],
    );
    const { url, ...rest } = typeof entry === 'string' ? { url: entry, ...upstreamDefaults } : entry;
    return upstreamOf(name, readOrigin(url, position, environment, problems), rest);
  });
  if (declared.legacy !== undefined || environment.legacyUrl === undefined) return upstreams;
  const position = { file: 'LEGACY_URL', line: 0, column: 0 };
  const origin = readOrigin(environment.legacyUrl, position, environment, problems);
  return [...upstreams, upstreamOf('legacy', origin, upstreamDefaults)];
}

function upstreamOf(
  name: string,
  origin: string,
  { host, rewrite, timeouts }: typeof upstreamDefaults,
): Upstream {
  return { name, origin, origins: [origin], timeouts, host: host === 'preserve' ? undefined : host, rewrite };
}

function readOrigin(text: string, position: Position, environment: Environment, problems: Problem[]): string {
  const filled = fillVariables(text, position, environment, problems);
  if (filled === undefined) return text;
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
  environment: Environment,
  problems: Problem[],
): string | undefined {
  let complete = true;
  const filled = text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback?: string) => {
      const value = environment.variable(name) || fallback;
      if (value !== undefined) return value;
      complete = false;
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
