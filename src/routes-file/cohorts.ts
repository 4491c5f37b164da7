// The cohorts of a routes file: checked now, so that a stage can name them.
import { isIP } from 'node:net';
import type { Problem } from '../routing/problem.ts';
import type { Cohort, CohortRule } from '../routing/route.ts';
import type { Entry } from './merge.ts';
import type { CohortEntry } from './schema.ts';

/** Reads a cohort; what is wrong is added to `problems`. */
export function readCohort({ name, value, source }: Entry<CohortEntry>, problems: Problem[]): Cohort {
  const place = ['cohorts', name];
  const refuse = (path: readonly PropertyKey[], key: string | undefined, message: string, cure: string) =>
    problems.push({
      code: 'invalid-value',
      position: source.position([...place, ...path], key),
      message,
      cure,
    });
  const session = Object.entries(value.session ?? {}).map(([path, values]): CohortRule => {
    const keys = path.split('.');
    if (keys.includes('')) {
      refuse(
        ['session'],
        path,
        `"${path}" is no path into a session`,
        'write the keys with dots: Auth.User.role',
      );
    }
    return { kind: 'session', path: keys, values: [values].flat() };
  });
  const cookie = Object.entries(value.cookie ?? {}).map(([cookieName, values]): CohortRule => {
    if (!isCookieName(cookieName)) {
      refuse(['cookie'], cookieName, `PHP knows no cookie "${cookieName}"`, cookieCure(cookieName));
    }
    return { kind: 'cookie', name: cookieName, values: [values].flat() };
  });
  for (const [index, range] of (value.ip ?? []).entries()) {
    if (!isNetwork(range)) {
      refuse(
        ['ip', index],
        undefined,
        `"${range}" is no address or range`,
        'write 203.0.113.7 or 203.0.113.0/24',
      );
    }
  }
  const ip: readonly CohortRule[] = value.ip ? [{ kind: 'ip', networks: value.ip }] : [];
  const rules = [...session, ...cookie, ...ip];
  if (rules.length === 0) {
    const cure = 'add session, cookie or ip, such as { cookie: { beta: "1" } }';
    refuse([], undefined, `nobody belongs to the cohort ${name}: it has no rules`, cure);
  }
  return { name, rules };
}

/** A name under which PHP can have a cookie that is no array. */
export function isCookieName(name: string): boolean {
  return /^[^\s.[\]=;,\p{Cc}]+$/u.test(name);
}

/** Says how PHP names a cookie. */
export function cookieCure(name: string): string {
  const known = name.replace(/[ .]/g, '_');
  return isCookieName(known)
    ? `write it as PHP does: ${known}`
    : 'write a plain name; arrays cannot be matched';
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}
