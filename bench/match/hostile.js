// Paths of 16 KiB that cost a matcher the most it can be made to do.

const SIZE = 16 * 1024;

/** @param {string} piece */
const filled = (piece) => piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE - 1);

/** By what makes each of them costly. */
export const hostilePaths = new Map([
  ['one long segment', `/${filled('a')}`],
  ['segments without end', filled('/a')],
  ['numbers, which every type takes', filled('/1')],
  ['escapes that are decoded', `/${filled('%41')}`],
  ['escapes that are kept', `/${filled('%c3%a9')}`],
  ['bytes that have to be escaped', `/${filled('é')}`],
  ['slashes', filled('/')],
  ['dot segments', filled('/a/..')],
  ['escaped dot segments', filled('/%2e%2e')],
  ['escaped slashes', `/${filled('a%2F')}`],
  ['backslashes', `/${filled('a\\')}`],
  ['path parameters', filled('/a;b')],
  ['escaped twice', `/${filled('%252F')}`],
  ['escaped again and again', `/%${filled('25')}2F`],
  ['NUL', `/${filled('a%00')}`],
  ['all of these', filled('/a;b%252F..%2F\\%00%2e%2e/')],
  ['text around parameters', `/${filled('keyword-p-')}1.html`],
  ['the same below a folder', `/old-8${filled('/x-p-1')}`],
]);
