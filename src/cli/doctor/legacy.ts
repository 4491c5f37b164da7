// Legacy itself: whether it answers, and what its probe says.
import { maskUserInfo } from '../../mask.ts';
import { reasonOf } from '../../reason.ts';
import { type Answered, ask, exchange, type ProbePlace } from './ask-probe.ts';
import { about, type Finding } from './finding.ts';
import { type PhpSide, readPhpSide } from './php-side.ts';

const { ok, warning, problem, skipped } = about('legacy');

/** What was learned; `skewMs` is how far PHP's clock is ahead of ours, in milliseconds. */
export type LegacyFound = {
  readonly findings: readonly Finding[];
  readonly php: PhpSide | undefined;
  readonly skewMs: number | undefined;
};

/** Asks for the first page, where there is no probe. */
export async function lookAtLegacy(url: string | undefined): Promise<LegacyFound> {
  return { findings: [await firstPage(url), noProbe()], php: undefined, skewMs: undefined };
}

async function firstPage(url: string | undefined): Promise<Finding> {
  if (url === undefined) return skipped('answers', 'LEGACY_URL is not set.');
  try {
    const { status } = await exchange(new URL(url), 'GET');
    const text = `${maskUserInfo(url)} answers with ${status}.`;
    return status < 500 ? ok('answers', text) : warning('answers', text);
  } catch (error) {
    return problem(
      'answers',
      `${maskUserInfo(url)} does not answer: ${reasonOf(error)}.`,
      'Is LEGACY_URL right, and its server up?',
    );
  }
}

function noProbe(): Finding {
  return skipped(
    'probe',
    "PHP's side was not looked at: without a probe nothing can be held beside it.",
    'banyan doctor --write-probe FILE, with FILE in the folder that legacy serves',
  );
}

/** Asks the probe, once. */
export async function lookThroughProbe(place: ProbePlace, token: string): Promise<LegacyFound> {
  const before = Date.now();
  try {
    const answered = await ask(place, { step: 'look', token });
    const php = answered.status === 200 ? readPhpSide(answered.text) : undefined;
    if (!php) return { findings: [notTheProbe(place, answered)], php: undefined, skewMs: undefined };
    // The probe looks at its clock when it begins.
    return { findings: describe(place, php), php, skewMs: php.time.unix * 1000 - before };
  } catch (error) {
    const text = `${maskUserInfo(place.url.href)} does not answer: ${reasonOf(error)}.`;
    return { findings: [problem('probe', text)], php: undefined, skewMs: undefined };
  }
}

function notTheProbe(place: ProbePlace, { status }: Answered): Finding {
  const url = maskUserInfo(place.url.href);
  const cure =
    status === 404
      ? 'It is not there, or its token is wrong, used already, or older than an hour: write a new one with --write-probe.'
      : 'Is this the address of the file that --write-probe wrote?';
  return problem('probe', `${url} answers with ${status}, and not as the probe does.`, cure);
}

function describe(place: ProbePlace, php: PhpSide): Finding[] {
  const way = place.throughEdge ? 'through the edge' : 'without the edge';
  const version = php.php ? `PHP ${php.php.version} (${php.php.sapi})` : 'PHP';
  return [
    ok(
      'probe',
      `${version} answered ${way}, at ${maskUserInfo(place.url.href)}. Remove the probe: it is of no more use.`,
    ),
    ...(php.connect === 'ok' ? [] : [connectFailed(php.connect)]),
    ...(php.php ? [extensions(php.php.extensions)] : []),
  ];
}

function connectFailed(reason: string): Finding {
  const cure = 'Mend the lines that --connect put into the probe: they must set $mysql and $memcached.';
  return problem('connect', `The application's own code failed in the probe: ${reason}.`, cure);
}

function extensions(found: Readonly<Record<string, string>> | readonly never[]): Finding {
  const names = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  return ok('extensions', `PHP has ${names.join(', ') || 'none of the extensions that matter here'}.`);
}

/** Has the probe take back what it wrote. What is left expires by itself. */
export async function cleanUp(place: ProbePlace, token: string, session: string | undefined): Promise<void> {
  await ask(place, { step: 'clean', token, ...(session === undefined ? {} : { session }) }).catch(() => {});
}
