// The host of a match: `shop.example.com` or `*.example.com`.
import { PatternError } from './pattern-error.ts';
import type { HostPattern } from './route.ts';

const LABELS = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
const ADDRESS = /^\[[0-9a-f:.]+\]$/;
/** No top-level domain is called so; `index.php/x` is a path whose slash was forgotten. */
const FILE = /\.(?:php\d?|phtml|html?|aspx?|jsp|cgi|xml|json|txt|css|js)$/;

/** Reads what stands before the path; `path` is for the cure where that is no host but a forgotten slash. */
export function readHost(text: string, path: string): HostPattern {
  const name = text.toLowerCase();
  if (/:\d*$/.test(name) && !ADDRESS.test(name)) {
    throw new PatternError(
      `the host "${text}" has a port`,
      `leave the port out: ${text.replace(/:\d*$/, '')}${path}`,
    );
  }
  const isBelow = name.startsWith('*.');
  const labels = isBelow ? name.slice(2) : name;
  if (isHost(labels, isBelow)) {
    return isBelow ? { kind: 'below', suffix: `.${labels}` } : { kind: 'exact', name };
  }
  throw new PatternError(`"${text}" is not a host`, cureFor(text, path));
}

function isHost(labels: string, isBelow: boolean): boolean {
  if (ADDRESS.test(labels)) return !isBelow;
  if (!LABELS.test(labels) || FILE.test(labels)) return false;
  return isBelow || labels.includes('.') || labels === 'localhost';
}

function cureFor(text: string, path: string): string {
  if (text === '*') return `leave * out: a match without a host takes any, ${path}`;
  if (/^:?[\w-]+$/.test(text) || FILE.test(text))
    return `write /${text}${path} for a path; a host has a dot in it`;
  if (text.includes('*') || text.includes(':'))
    return 'write the whole host, or *.example.com for all below one';
  return 'write a host as it stands in the Host field, such as shop.example.com';
}
