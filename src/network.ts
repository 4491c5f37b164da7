// Addresses and ranges of them, as they are written in routes.yaml and in the environment.
import { isIP } from 'node:net';

/** Tells whether a text is an address (`203.0.113.7`) or a range (`203.0.113.0/24`). */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}
