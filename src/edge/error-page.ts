// The edge's own answers: small, honest, never cached, with an id that the log knows.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendEnd, sendHead } from './reply.ts';

const TEXTS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ['Bad request', 'The request could not be understood.'],
  404: ['Not found', 'There is nothing at this address.'],
  405: ['Not allowed', 'This method is not answered here.'],
  410: ['Gone', 'This page has been removed.'],
  413: ['Too large', 'The request is larger than this address accepts.'],
  414: ['Address too long', 'The address is longer than this server accepts.'],
  415: ['Not readable', 'The request is of a kind that this address does not read.'],
  417: ['Not expected', 'The request expects something that this server does not do.'],
  421: ['Wrong host', 'This server does not answer for that host name.'],
  431: ['Too many fields', 'The request has more header fields than this server accepts.'],
  500: ['Something went wrong', 'The page could not be made. Trying again may help.'],
  502: ['Not reachable', 'The application did not give a usable answer. Please try again in a moment.'],
  503: ['Not available', 'The service cannot answer right now. Please try again in a moment.'],
  504: ['Too slow', 'The application took too long to answer. Please try again in a moment.'],
  505: ['Unknown version', 'This version of HTTP is not spoken here.'],
};

/** Whether the caller would rather have JSON than a page: it names JSON and not HTML. */
function prefersJson(req: IncomingMessage): boolean {
  const accept = req.headers.accept ?? '';
  return accept.includes('json') && !accept.includes('text/html');
}

/** Answers with an error of the edge's own: HTML, or JSON where Accept asks for it. */
export function sendErrorPage(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  requestId: string,
  extra: readonly string[] = [],
): void {
  const [title, text] = TEXTS[status] ?? ['Error', 'The request could not be answered.'];
  const json = prefersJson(req);
  const body = Buffer.from(
    json ? jsonBody(status, title, requestId) : htmlBody(status, title, text, requestId),
  );
  const type = json ? 'application/json' : 'text/html; charset=utf-8';
  sendHead(res, status, undefined, [
    ...['Content-Type', type, 'Content-Length', String(body.length), 'Cache-Control', 'no-store'],
    ...['X-Request-Id', requestId],
    ...extra,
  ]);
  sendEnd(res, req.method === 'HEAD' ? undefined : body);
}

function jsonBody(status: number, title: string, requestId: string): string {
  return `${JSON.stringify({ error: title, status, requestId })}\n`;
}

function htmlBody(status: number, title: string, text: string, requestId: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em;color:#222}
h1{font-size:1.4em}small{color:#666}code{font-size:.95em}</style>
<h1>${title}</h1>
<p>${text}</p>
<p><small>Error ${status} · request <code>${requestId}</code></small></p>
</html>
`;
}
