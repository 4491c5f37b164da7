// Where a redirect leads.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redirectLocation } from '../../src/edge/redirect.ts';

describe('redirectLocation', () => {
  test.each<[string, Readonly<Record<string, string>>, string | undefined, string]>([
    ['/pages/about', {}, undefined, '/pages/about'],
    ['/p/:id', { id: '7' }, undefined, '/p/7'],
    ['/:a/x/:b', { a: '1', b: '2' }, undefined, '/1/x/2'],
    ['/p/:id.html', { id: '7' }, undefined, '/p/7.html'],
    ['/p/:id', { id: 'a b/c?d#é' }, undefined, '/p/a%20b%2Fc%3Fd%23%C3%A9'],
    ['/new/*', { '*': 'a/b c/' }, undefined, '/new/a/b%20c/'],
    ['/new/*', { '*': '' }, undefined, '/new/'],
    ['/new?from=:id', { id: 'a&b' }, undefined, '/new?from=a%26b'],
    ['https://new.example.com:8443/:id', { id: '7' }, undefined, 'https://new.example.com:8443/7'],
    ['/about', {}, 'a=1&b=%20', '/about?a=1&b=%20'],
    ['/about?x=1', {}, 'a=1', '/about?x=1&a=1'],
    ['/about', {}, '', '/about'],
    ['/p/:id.html', { id: 'caf%E9 a' }, undefined, '/p/caf%E9%20a.html'],
    ['/new/*', { '*': 'gr%FC%DFe/%2F' }, undefined, '/new/gr%FC%DFe/%252F'],
    ['/p/:id', { id: '100%' }, undefined, '/p/100%25'],
    ['/p/:id', { id: '%41' }, undefined, '/p/%2541'],
    ['/p/:id', { id: '5*' }, undefined, '/p/5*'],
    ['/p/:id/*', { id: '5*', '*': 'a*' }, undefined, '/p/5*/a*'],
    ['/p/:id', { id: ':id$&' }, undefined, '/p/%3Aid%24%26'],
  ])('%s with %j and the query %s', (target, parameters, query, location) => {
    expect(redirectLocation(target, parameters, query)).toBe(location);
  });

  test('never leads to another host than its target does', () => {
    const hostile = fc
      .array(fc.constantFrom('/', '//', '\\', '..', '@', ':', 'evil.example', '%2F', '%FF', '\t', '?'), {
        maxLength: 6,
      })
      .map((pieces) => pieces.join(''));
    const targets = fc.constantFrom('/*', '/:id', '/a/*', '/a/:id/*');
    fc.assert(
      fc.property(targets, hostile, hostile, (target, id, tail) => {
        const location = redirectLocation(target, { id, '*': tail }, undefined);
        expect(new URL(location, 'http://shop.example').origin).toBe('http://shop.example');
      }),
      {
        examples: [
          ['/*', '', '/evil.example'],
          ['/*', '', '//evil.example'],
          ['/*', '', '\\evil.example'],
        ],
      },
    );
  });
});
