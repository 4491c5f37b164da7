// The tests of a routes file: requests, and what they must meet. `banyan check` runs them.
import type { Problem } from '../routing/problem.ts';
import type { Expectation, RouteTest } from '../routing/route.ts';
import { suggestion } from '../suggest.ts';
import type { Merged, TestEntry } from './merge.ts';
import { FAULTY_TEST } from './schema-problems.ts';

const REQUEST = /^([A-Z][A-Z-]*)\s+(\S+)$/;
const SENTENCE = /^(.*\S)\s+is\s+(\S+)$/;

/** What a request can meet but a route. No route may have such a name. */
export const MEETINGS = ['undeclared', 'refused'] as const;

/** Reads the tests; what is wrong is added to `problems`. */
export function readTests(merged: Merged, isPartial: boolean, problems: Problem[]): readonly RouteTest[] {
  return merged.tests.flatMap((entry) => {
    // What was faulty in shape has been told.
    if (entry.value === FAULTY_TEST) return [];
    const result = readTest(entry, isPartial ? undefined : merged.names.routes);
    if (!('code' in result)) return [result];
    problems.push(result);
    return [];
  });
}

type Written = {
  readonly request: string;
  readonly is: string;
  readonly text: string;
  readonly header?: Readonly<Record<string, string>> | undefined;
  readonly cookie?: Readonly<Record<string, string>> | undefined;
  readonly body?: Readonly<Record<string, string>> | undefined;
};

function readTest(
  { value, index, source }: TestEntry,
  names: ReadonlySet<string> | undefined,
): RouteTest | Problem {
  const path = ['tests', index];
  const position = source.position(path);
  const refused = (message: string, cure: string, key?: string): Problem => ({
    code: 'invalid-test',
    position: typeof value === 'string' || key === undefined ? position : source.position([...path, key]),
    message,
    cure,
  });
  const written =
    typeof value === 'string' ? readSentence(value) : { ...value, text: `${value.request} is ${value.is}` };
  if (!written)
    return refused(
      `"${value}" is not a test`,
      'write METHOD TARGET is NAME, such as GET /products/7 is product-page',
    );
  const request = readRequest(written.request);
  if (!request) {
    const message = `"${written.request}" is not a request`;
    return refused(
      message,
      'write METHOD TARGET, such as GET /products/7 or GET shop.example.com/?page=search',
      'request',
    );
  }
  const expected = readExpectation(written.is);
  if (expected.kind === 'route' && names && !names.has(expected.name)) {
    const cure = suggestion(expected.name, [...names, ...MEETINGS]);
    return { ...refused(`there is no route "${expected.name}"`, cure, 'is'), code: 'unknown-route' };
  }
  return {
    text: written.text,
    ...request,
    headers: headersOf(written),
    body: bodyOf(written),
    expected,
    position,
  };
}

function readSentence(text: string): Written | undefined {
  const [, request, is] = SENTENCE.exec(text.trim()) ?? [];
  return request === undefined || is === undefined ? undefined : { request, is, text: text.trim() };
}

function readRequest(text: string): Pick<RouteTest, 'method' | 'host' | 'target'> | undefined {
  const [, method, address] = REQUEST.exec(text.trim()) ?? [];
  if (method === undefined || address === undefined || address.includes('#')) return undefined;
  const slash = address.indexOf('/');
  if (slash < 0 || !/^[A-Za-z0-9._-]*$/.test(address.slice(0, slash))) return undefined;
  // A browser escapes what is not ASCII; half a character it cannot send.
  if (/\p{Cs}/u.test(address)) return undefined;
  const target = address.slice(slash).replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  return { method, host: address.slice(0, slash).toLowerCase(), target };
}

function readExpectation(is: string): Expectation {
  const meeting = MEETINGS.find((known) => known === is);
  return meeting ? { kind: meeting } : { kind: 'route', name: is };
}

function headersOf({ header = {}, cookie = {} }: Written): Readonly<Record<string, string>> {
  const named = Object.entries(header).map(([name, value]) => [name.toLowerCase(), value] as const);
  const cookies = Object.entries(cookie).map(([name, value]) => `${name}=${encodeField(value)}`);
  return Object.fromEntries(cookies.length > 0 ? [...named, ['cookie', cookies.join('; ')]] : named);
}

function bodyOf({ body }: Written): string | undefined {
  if (!body) return undefined;
  return Object.entries(body)
    .map(([name, value]) => `${encodeField(name)}=${encodeField(value)}`)
    .join('&');
}

function encodeField(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}
