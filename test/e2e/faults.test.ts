// What visitors see while a part is down, hangs, or a handler takes its worker with it.
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Services, startServices } from '../../scripts/services.js';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { record } from './figures.ts';
import { type Answer, ask, explained, workersOf } from './visitor.ts';

const HANDLERS = fileURLToPath(new URL('handlers-under-test', import.meta.url));
const DIRECTORY = fileURLToPath(new URL(`../../.banyan/test-faults-${process.pid}`, import.meta.url));
/** No session has this id; whoever sends it has one that must be looked up. */
const COOKIE = { Cookie: `PHPSESSID=${'a'.repeat(26)}` };

const ROUTES = `upstreams:
  legacy:
    url: \${LEGACY_URL}
    timeouts: { connect: 2s, headers: 1s }
routes:
  hello: { match: GET /hello, handler: hello, stage: new }
  slow: { match: GET /slow, handler: slow, stage: new }
  loops: { match: GET /loops, handler: loops, stage: new }
  throws: { match: GET /throws, handler: throws, fallback: none, stage: new }
  throws-later: { match: GET /throws-later, handler: throws-later, stage: new }
  half-done: { match: "GET,POST /cookies.php", handler: half-done, stage: new }
  half-sent: { match: GET /half-sent, handler: half-sent, stage: new }
  exits: { match: GET /exits, handler: exits, fallback: none, stage: new }

  # Legacy has these addresses as well, and needs neither database nor session for them.
  counts: { match: GET /robots.txt, handler: counts, stage: new }
  counts-alone: { match: GET /counts, handler: counts, fallback: none, stage: new }
  counts-post: { match: POST /counts, handler: counts, stage: new }
  greets: { match: "GET,POST /whoami.php", handler: greets, stage: new }
  greets-alone: { match: GET /greets, handler: greets, fallback: none, stage: new }
`;

let services: Services;
let edge: Edge;

beforeAll(async () => {
  services = await startServices({ directory: DIRECTORY, keep: false });
});
afterAll(async () => {
  await services.stop();
  rmSync(DIRECTORY, { recursive: true, force: true });
});

function start(environment: Record<string, string> = {}): Promise<Edge> {
  const { legacyUrl, mysqlUrl, memcacheUrl, sessionUrl } = services;
  return startEdge({
    routes: ROUTES,
    environment: {
      HANDLERS,
      LEGACY_URL: legacyUrl,
      MYSQL_URL: mysqlUrl,
      MEMCACHE_URL: memcacheUrl,
      SESSION_URL: sessionUrl,
      ...environment,
    },
  });
}

/** Asks the edge, and to be told who answered. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return ask(`${edge.url}${path}`, { method, headers: { 'X-Banyan': '1', ...headers } });
}

async function timed<T>(work: Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now();
  return [await work, performance.now() - startedAt];
}

/** The line that tells why an answer failed; the log is written a moment after the answer. */
async function failureInLog(answer: Answer) {
  const requestId = answer.header('x-request-id');
  expect(requestId).toMatch(/^\S+$/);
  const find = () => edge.log().find((line) => line.requestId === requestId && line.level === 50);
  await waitUntil(
    async () => find() !== undefined,
    edge.ended,
    () => `no failure of ${requestId} in the log`,
  );
  return find();
}

describe('a part is down', () => {
  beforeAll(async () => {
    edge = await start();
  });
  afterAll(() => edge.stop());
  afterEach(async () => {
    for (const name of ['mariadb', 'memcached', 'php-fpm', 'nginx'] as const) {
      services.service(name).resume();
      await services.service(name).start();
    }
  });

  it('answers 502 at once while legacy is down, and recovers by itself', async () => {
    await services.service('nginx').stop();
    const [answer, ms] = await timed(get('/pages/about'));
    expect(answer.status).toBe(502);
    expect(ms).toBeLessThan(2_000);
    expect(answer.text).toContain(answer.header('x-request-id'));
    expect(await failureInLog(answer)).toMatchObject({ part: 'upstream', status: 502 });
    const json = await get('/pages/about', { Accept: 'application/json' });
    expect(JSON.parse(json.text)).toMatchObject({ status: 502, requestId: json.header('x-request-id') });
    expect((await get('/hello')).text).toBe('hello');

    await services.service('nginx').start();
    const { status: first } = await get('/pages/about');
    expect(first).toBe(200);
    record({
      figure: 'Legacy down',
      demanded: '502 within the connect timeout (2 s here); recovers by itself',
      measured: `${answer.status} in ${Math.round(ms)} ms; the first request after its return: ${first}`,
    });
  });

  it('answers 504 when legacy takes a request and says nothing', async () => {
    services.service('nginx').pause();
    const [answer, ms] = await timed(get('/pages/about'));
    expect(answer.status).toBe(504);
    expect(ms).toBeLessThan(5_000);
    expect((await get('/hello')).text).toBe('hello');
    services.service('nginx').resume();
    expect((await get('/pages/about')).status).toBe(200);
  });

  it("passes nginx's own 502 while php-fpm is down", async () => {
    await services.service('php-fpm').stop();
    const answer = await get('/pages/about');
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('nginx');
    expect(explained(answer).side).toBe('legacy');
    expect((await get('/static/style.css')).status).toBe(200);
    await services.service('php-fpm').start();
    expect((await get('/pages/about')).status).toBe(200);
  });

  it('answers 500 with a request id while MySQL is down, and legacy in its place where it may', async () => {
    expect(Number(JSON.parse((await get('/counts')).text).products.count)).toBeGreaterThan(0);
    await services.service('mariadb').stop();

    for (const answer of [await get('/counts'), await get('/counts', {}, 'POST')]) {
      expect(answer.status).toBe(500);
      expect(answer.text).toContain(answer.header('x-request-id'));
      expect(await failureInLog(answer)).toMatchObject({ part: 'handler', status: 500 });
    }
    const fellBack = await get('/robots.txt');
    expect(fellBack.status).toBe(200);
    expect(fellBack.text).toContain('User-agent');
    expect(explained(fellBack)).toMatchObject({ side: 'legacy', reason: 'fallback', route: 'counts' });
    expect((await get('/hello')).text).toBe('hello');
    expect((await get('/static/style.css')).status).toBe(200);
    expect((await get('/api/me')).status).toBe(401);
    expect((await get('/ping.php')).status).toBe(204);
    // What PHP itself says without its database is passed on as it is.
    const closed = await get('/pages/about');
    expect(closed.status).toBe(503);
    expect(closed.header('retry-after')).toBe('30');

    await services.service('mariadb').start();
    await recovers('/counts', 'new');
    expect((await get('/pages/about')).status).toBe(200);
  });

  it('keeps to its deadline while MySQL hangs', async () => {
    services.service('mariadb').pause();
    const [answer, ms] = await timed(get('/counts'));
    expect([500, 504]).toContain(answer.status);
    expect(ms).toBeLessThan(5_000);
    expect(explained(await get('/robots.txt'))).toMatchObject({ side: 'legacy', reason: 'fallback' });
    services.service('mariadb').resume();
    await recovers('/counts', 'new');
  });

  it.each(['down', 'hanging'])('sends who has a session to legacy while memcached is %s', async (how) => {
    await recovers('/whoami.php', 'new', COOKIE);
    if (how === 'down') await services.service('memcached').stop();
    else services.service('memcached').pause();

    const [toLegacy, ms] = await timed(get('/whoami.php', COOKIE));
    expect(explained(toLegacy)).toMatchObject({ side: 'legacy', reason: 'fallback', route: 'greets' });
    expect(JSON.parse(toLegacy.text).cookie).toEqual({ PHPSESSID: 'a'.repeat(26) });
    expect(ms).toBeLessThan(2_000);
    const alone = await get('/greets', COOKIE);
    expect(alone.status).toBe(503);
    expect(await failureInLog(alone)).toMatchObject({ part: 'session', code: 'session-unreadable' });

    // A POST goes to legacy whole, for its body has not been touched.
    const posted = await ask(`${edge.url}/whoami.php`, {
      method: 'POST',
      headers: { ...COOKIE, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'fig=leaf',
    });
    expect(JSON.parse(posted.text).post).toEqual({ fig: 'leaf' });

    // Nobody's session is needed for these.
    expect(JSON.parse((await get('/whoami.php')).text)).toEqual({ hello: null });
    expect((await get('/hello', COOKIE)).text).toBe('hello');
    expect(explained(await get('/counts', COOKIE))).toMatchObject({ side: 'new' });
    expect((await get('/static/style.css', COOKIE)).status).toBe(200);
    expect((await get('/info.php/shipping/germany')).status).toBe(200);

    services.service('memcached').resume();
    await services.service('memcached').start();
    await recovers('/whoami.php', 'new', COOKIE);
    const metrics = await (await fetch(`${edge.admin}/metrics`)).text();
    expect(metrics).toMatch(/^banyan_fallbacks_total\{route="greets"\} [1-9]/m);
    const failures =
      /^banyan_failures_total\{route="greets",part="session",code="session-unreadable"\} [1-9]/m;
    expect(metrics).toMatch(failures);
  });
});

async function recovers(path: string, side: string, headers: Record<string, string> = {}): Promise<void> {
  const check = async () => {
    const answer = await get(path, headers);
    return answer.status === 200 && explained(answer).side === side;
  };
  await waitUntil(check, edge.ended, () => JSON.stringify(edge.log().slice(-10), undefined, 1));
}

describe('a handler goes wrong', () => {
  beforeEach(async () => {
    edge = await start();
  });
  afterEach(() => edge.stop());

  it('answers 500 with a request id when a handler throws, and logs the stack', async () => {
    const answer = await get('/throws');
    expect(answer.status).toBe(500);
    expect(await failureInLog(answer)).toMatchObject({
      part: 'handler',
      err: { message: 'thrown on purpose' },
    });
    expect(JSON.stringify(await failureInLog(answer))).toContain('throws.js:5');
  });

  it('leaves nothing of what a failed handler had set when legacy answers in its place', async () => {
    const direct = await ask(`${services.legacyUrl}/cookies.php`);
    const answer = await ask(`${edge.url}/cookies.php`);
    const fields = ({ rawHeaders }: Answer) => rawHeaders.filter((_, index) => index % 2 === 0);
    const ofConnection = ['Connection', 'Keep-Alive', 'Transfer-Encoding'];
    const kept = (names: readonly string[]) => names.filter((name) => !ofConnection.includes(name));
    expect(answer.status).toBe(200);
    expect(kept(fields(answer))).toEqual(kept(fields(direct)));
    expect(answer.all('set-cookie')).toEqual(direct.all('set-cookie'));
    expect(answer.text).toBe(direct.text);
    // A POST may have written something: no second try.
    const posted = await get('/cookies.php', {}, 'POST');
    expect(posted.status).toBe(500);
    expect(posted.header('x-half')).toBeUndefined();
    expect(posted.all('set-cookie')).toEqual([]);
    expect(posted.header('content-type')).toBe('text/html; charset=utf-8');
    expect(explained(posted)).toMatchObject({ side: 'new', route: 'half-done' });
  });

  it('breaks the connection when a handler fails after its first byte', async () => {
    await expect(get('/half-sent')).rejects.toThrow();
    await logged('half sent');
    expect((await get('/hello')).text).toBe('hello');
  });

  it('replaces a worker in an endless loop within 10 s, and answers who waited', {
    timeout: 60_000,
  }, async () => {
    const [hanging = 0] = workersOf(edge.pid);
    const startedAt = performance.now();
    const lost = get('/loops').catch((error: Error) => error.message);
    await isBusy(hanging);
    const asked: Promise<string>[] = [];
    await logged('a worker has not answered', async () => {
      asked.push(textOf('/hello'));
      await new Promise((resolve) => setTimeout(resolve, 200));
    });

    expect(await Promise.all(asked)).toEqual(asked.map(() => 'hello'));
    const answeredAfter = performance.now() - startedAt;
    expect(await lost).toMatch(/hang up|ECONNRESET/);
    expect(workersOf(edge.pid)).not.toContain(hanging);
    expect(answeredAfter).toBeLessThan(10_000);
    record({
      figure: 'A handler in an endless loop, one worker',
      demanded: 'its worker is replaced within 10 s and the edge serves on',
      measured: `${(answeredAfter / 1_000).toFixed(1)} s from the request to the answers of ${asked.length} others that had waited`,
    });
  });

  it('serves on with the other workers while one of three hangs', { timeout: 60_000 }, async () => {
    await edge.stop();
    edge = await start({ WORKERS: '3' });
    const workers = workersOf(edge.pid);
    const lost = get('/loops').catch((error: Error) => error.message);
    let slowest = 0;
    await logged('a worker has not answered', async () => {
      const [answer, ms] = await timed(get('/hello'));
      expect(answer.text).toBe('hello');
      slowest = Math.max(slowest, ms);
    });
    expect(slowest).toBeLessThan(2_000);
    expect(await lost).toMatch(/hang up|ECONNRESET/);
    await replaced(workers, 3);
    expect((await get('/hello')).text).toBe('hello');
  });

  it('never refuses a connection while a killed worker is replaced', async () => {
    const [worker = 0] = workersOf(edge.pid);
    const stopReading = readWithNewConnections(4);
    process.kill(worker, 'SIGKILL');
    await replaced([worker], 1);
    await waitUntil(async () => (await fetch(`${edge.admin}/readyz`)).ok);
    const { answered, failures } = await stopReading();
    expect(failures.filter((failure) => !/hang up|ECONNRESET/.test(failure))).toEqual([]);
    // Only what the worker was answering when it died is lost.
    expect(failures.length).toBeLessThanOrEqual(4);
    expect(answered).toBeGreaterThan(0);
  });

  it('replaces a worker in which a timer threw, and answers what that was answering', async () => {
    const [unwell = 0] = workersOf(edge.pid);
    const slow = textOf('/slow?ms=1500');
    const stopReading = readWithNewConnections(2);
    expect(await textOf('/throws-later')).toBe('and then it threw');
    await logged('an exception escaped in a worker (thrown in a timer)');
    expect(await slow).toBe('slow');
    await replaced([unwell], 1);
    expect(await stopReading()).toMatchObject({ failures: [] });
  });

  it('replaces a worker whose handler ends the process', async () => {
    const [ended = 0] = workersOf(edge.pid);
    await expect(get('/exits')).rejects.toThrow(/hang up|ECONNRESET/);
    expect((await get('/hello')).text).toBe('hello');
    expect(workersOf(edge.pid)).not.toContain(ended);
    await logged('a worker ended with code 3; another takes its place');
  });
});

function textOf(path: string): Promise<string> {
  return get(path).then(
    ({ text }) => text,
    (error: Error) => error.message,
  );
}

/** Waits until a process has used 200 ms of the processor: longer than any request here takes. */
async function isBusy(pid: number): Promise<void> {
  const before = processorTicks(pid);
  await waitUntil(async () => processorTicks(pid) >= before + 20);
}

/** The 14th field of /proc/PID/stat, in hundredths of a second; the second may hold spaces. */
function processorTicks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[11]);
}

/** Waits until the edge has logged a text, doing something in between. */
async function logged(text: string, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  const check = async () => {
    await meanwhile();
    return edge.log().some(({ msg }) => msg?.includes(text));
  };
  await waitUntil(check, edge.ended, () => `no "${text}" in ${JSON.stringify(edge.log().slice(-10))}`);
}

/** Waits until none of the workers named is left, and `count` others serve. */
async function replaced(workers: readonly number[], count: number): Promise<void> {
  const check = async () => {
    const now = workersOf(edge.pid);
    return now.length === count && !workers.every((worker) => now.includes(worker));
  };
  await waitUntil(check, edge.ended, () => `workers ${workersOf(edge.pid)}`);
}

/** Reads again and again, each time on a new connection, until told to stop. */
function readWithNewConnections(readers: number) {
  const failures: string[] = [];
  let answered = 0;
  let stopped = false;
  const read = async () => {
    while (!stopped) {
      await get('/hello').then(
        ({ status }) => {
          if (status === 200) answered += 1;
          else failures.push(`status ${status}`);
        },
        (error: Error) => failures.push(error.message),
      );
    }
  };
  const reading = Array.from({ length: readers }, read);
  return async () => {
    stopped = true;
    await Promise.all(reading);
    return { answered, failures };
  };
}
