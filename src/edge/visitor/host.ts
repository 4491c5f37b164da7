// Reading a Host.

/** Returns a host without its port: without a colon, and digits alone behind it, at the end. */
export function withoutPort(host: string): string {
  let end = host.length;
  while (end > 0 && isDigit(host.charCodeAt(end - 1))) end -= 1;
  return host[end - 1] === ':' ? host.slice(0, end - 1) : host;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
