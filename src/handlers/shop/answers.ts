// Answers that are no page.
import { type Context, php } from 'banyan-edge';

/** Sends the visitor elsewhere. The address stays as it is: relative, as PHP leaves it. */
export function redirect(res: Context['res'], location: string): string {
  res.status(302).setHeader('Location', location);
  return '';
}

/** Answers with JSON as `json_encode` writes it. */
export function json(res: Context['res'], data: Parameters<typeof php.jsonEncode>[0], status = 200): string {
  res.status(status).setHeader('Content-Type', 'application/json');
  return php.jsonEncode(data) || '';
}
