// The signal that a handler is given.
import { expect, test } from 'vitest';
import { Cancellation } from '../../src/native/cancellation.ts';

test('a signal that was taken is aborted, with the reason', () => {
  const cancellation = new Cancellation();
  const { signal } = cancellation;
  expect(signal.aborted).toBe(false);
  cancellation.cancel('too late');
  expect([signal.aborted, signal.reason]).toEqual([true, new Error('too late')]);
});

test('a signal that is taken afterwards is aborted already', () => {
  const cancellation = new Cancellation();
  cancellation.cancel('too late');
  expect(cancellation.signal.reason).toEqual(new Error('too late'));
});

test('the first reason stays', () => {
  const cancellation = new Cancellation();
  cancellation.cancel('first');
  cancellation.cancel('second');
  expect(cancellation.signal.reason).toEqual(new Error('first'));
});

test('many may wait for it at once, without a warning', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const { signal } = new Cancellation();
  for (let count = 0; count < 30; count++) signal.addEventListener('abort', () => {});
  await new Promise(setImmediate);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

test('there is one signal', () => {
  const cancellation = new Cancellation();
  expect(cancellation.signal).toBe(cancellation.signal);
});
