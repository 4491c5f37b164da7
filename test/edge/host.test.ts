// Hosts and their ports.
import { expect, test } from 'vitest';
import { withoutPort } from '../../src/edge/visitor/host.ts';

test.each([
  ['shop.example', 'shop.example'],
  ['shop.example:8080', 'shop.example'],
  ['shop.example:', 'shop.example'],
  ['shop8', 'shop8'],
  ['127.0.0.1:80', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[::1]:80', '[::1]'],
  ['8080', '8080'],
  [':80', ''],
  ['', ''],
])('%j without its port is %j', (host, name) => {
  expect(withoutPort(host)).toBe(name);
});
