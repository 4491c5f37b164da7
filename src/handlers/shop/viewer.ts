// Who is looking at the page, from the session that PHP keeps.
import { type Context, type PhpArray, php } from 'banyan-edge';

type Text = string | Uint8Array;

export type Viewer = {
  /** As it was stored at login; undefined for a visitor who is not logged in. */
  readonly user: PhpArray | undefined;
  readonly name: Text;
  /** Empty for a visitor who is not logged in. */
  readonly csrfToken: Text;
  readonly cartCount: number;
};

/**
 * Reads who is looking at the page. A page that has asked may hold what is only for this visitor: as in
 * PHP, it is not to be kept by anybody once there is a session.
 */
export function currentViewer({ session, res }: Pick<Context, 'session' | 'res'>): Viewer {
  if (session.resumed) {
    for (const [name, value] of php.noCacheHeaders) res.setHeader(name, value);
  }
  const user = session.get('user');
  return {
    user: user instanceof Map ? user : undefined,
    name: textIn(session.get('user.name')),
    csrfToken: textIn(session.get('csrf_token')),
    cartCount: sumOf(session.get('cart')),
  };
}

function textIn(value: unknown): Text {
  return typeof value === 'string' || value instanceof Uint8Array ? value : '';
}

function sumOf(cart: unknown): number {
  const quantities = cart instanceof Map ? [...cart.values()] : [];
  return quantities.reduce((sum, quantity) => sum + (typeof quantity === 'number' ? quantity : 0), 0);
}
