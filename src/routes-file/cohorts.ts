// The cohorts of a routes file: checked now, so that a stage can name them.
import { isNetwork } from '../network.ts';
import type { Problem } from '../routing/problem.ts';
import type { Cohort, CohortRule } from '../routing/route.ts';
import type { Entry } from './merge.ts';
import type { CohortEntry } from './schema.ts';

/** Tells that something is wrong at a place of a cohort, or at a key there. */
type Refuse = (path: readonly PropertyKey[], key: string | undefined, message: string, cure: string) => void;

/** Reads a cohort; what is wrong is added to `problems`. */
export function readCohort({ name, value, source }: Entry<CohortEntry>, problems: Problem[]): Cohort {
  const refuse: Refuse = (path, key, message, cure) => {
    const position = source.position(['cohorts', name, ...path], key);
    problems.push({ code: 'invalid-value', position, message, cure });
  };
  const rules = [
    ...sessionRules(value.session ?? {}, refuse),
    ...cookieRules(value.cookie ?? {}, refuse),
    ...addressRules(value.ip, refuse),
  ];
  if (rules.length === 0) {
    const cure = 'add session, cookie or ip, such as { cookie: { beta: "1" } }';
    refuse([], undefined, `nobody belongs to the cohort ${name}: it has no rules`, cure);
  }
  return { name, rules };
}

function sessionRules(session: NonNullable<CohortEntry['session']>, refuse: Refuse): readonly CohortRule[] {
  return Object.entries(session).map(([path, values]) => {
    const keys = path.split('.');
    const cure = 'write the keys with dots: Auth.User.role';
    if (keys.includes('')) refuse(['session'], path, `"${path}" is no path into a session`, cure);
    return { kind: 'session', path: keys, values: [values].flat() };
  });
}

function cookieRules(cookies: NonNullable<CohortEntry['cookie']>, refuse: Refuse): readonly CohortRule[] {
  return Object.entries(cookies).map(([name, values]) => {
    if (!isCookieName(name)) refuse(['cookie'], name, `PHP knows no cookie "${name}"`, cookieCure(name));
    return { kind: 'cookie', name, values: [values].flat() };
  });
}

function addressRules(ranges: CohortEntry['ip'], refuse: Refuse): readonly CohortRule[] {
  for (const [index, range] of (ranges ?? []).entries()) {
    const cure = 'write 203.0.113.7 or 203.0.113.0/24';
    if (!isNetwork(range)) refuse(['ip', index], undefined, `"${range}" is no address or range`, cure);
  }
  return ranges ? [{ kind: 'ip', networks: ranges }] : [];
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
