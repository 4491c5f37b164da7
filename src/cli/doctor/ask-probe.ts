// Asks the probe over HTTP: through the edge, as a visitor from behind a load balancer would, or legacy itself.
import { request as askHttp, type OutgoingHttpHeaders } from 'node:http';
import { request as askHttps } from 'node:https';
import { PATIENCE_MS } from './deadline.ts';

/** An address that is nobody's (RFC 5737), so that it is known again wherever it turns up. */
export const VISITOR = '203.0.113.77';

/** Where to ask. */
export type ProbePlace = {
  /** The edge's address, or legacy's. */
  readonly url: URL;
  readonly throughEdge: boolean;
  /** What to send as Host; undefined for that of the address. */
  readonly host: string | undefined;
};

export type Answered = { readonly status: number; readonly text: string };

/** Sends a form to the probe, as a visitor's request from a load balancer. Rejects as `exchange` does. */
export function ask(place: ProbePlace, form: Readonly<Record<string, string>>): Promise<Answered> {
  const fields = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Forwarded-For': VISITOR,
    'X-Forwarded-Proto': 'https',
    ...(place.host === undefined ? {} : { Host: place.host }),
  };
  return exchange(place.url, 'POST', fields, new URLSearchParams(form).toString());
}

/** Sends a request and reads the answer. Rejects when there is none in time, or one of more than a megabyte. */
export function exchange(
  url: URL,
  method: string,
  fields: OutgoingHttpHeaders = {},
  body = '',
): Promise<Answered> {
  const headers = { ...fields, 'Content-Length': Buffer.byteLength(body) };
  const options = { method, headers, signal: AbortSignal.timeout(2 * PATIENCE_MS) };
  const send = url.protocol === 'https:' ? askHttps : askHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > 1_000_000) request.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
