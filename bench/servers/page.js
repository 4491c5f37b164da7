// The 2 KiB page that everybody answers with.

const SIZE = 2_048;

/**
 * Makes the page: exactly 2 KiB of HTML, without quotes or dollar signs, so that it fits into nginx.conf.
 *
 * @returns {string}
 */
export function page() {
  const head = '<!doctype html><title>A page</title><h1>A page</h1><p>';
  return head + 'Every tree grows around another. '.repeat(70).slice(0, SIZE - head.length);
}
