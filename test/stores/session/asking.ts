// A request, as far as its session depends on it.
import type { SessionRequest } from '../../../src/stores/session/store.ts';

/** A request with these cookies. */
export function asking(cookie: string | undefined, more: Partial<SessionRequest> = {}): SessionRequest {
  return {
    cookie,
    host: 'shop.example.com',
    method: 'GET',
    userAgent: 'Firefox',
    address: '192.0.2.7',
    ...more,
  };
}
