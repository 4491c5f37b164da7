// What a visitor of the load asks for, and the one right answer to it: every body is made of the errand's nonce.
export type Errand = {
  readonly method: 'GET' | 'POST';
  /** In lower case letters and digits; no two errands have the same. */
  readonly nonce: string;
  /** Sizes of the two bodies, in bytes; a GET has none of its own. */
  readonly bodyBytes: number;
  readonly answerBytes: number;
  /** How long the upstream thinks before it answers, in milliseconds. */
  readonly thinksMs: number;
};

/** Half of them GET, half POST: small bodies, answers now and then large, an upstream that now and then thinks. */
export function errand(number: number, options: Partial<Errand> = {}): Errand {
  const method = number % 2 === 0 ? 'GET' : 'POST';
  return {
    method,
    nonce: `n${number.toString(36)}`,
    bodyBytes: method === 'POST' ? 1 + Math.floor(Math.random() * 4_000) : 0,
    answerBytes: 1 + Math.floor(Math.random() * (number % 50 === 0 ? 256 * 1024 : 4_000)),
    thinksMs: number % 10 === 0 ? Math.ceil(Math.random() * 50) : 0,
    ...options,
  };
}

/** Writes an errand as the target of its request. */
export function targetOf({ nonce, answerBytes, thinksMs }: Errand): string {
  return `/errand/${nonce}?answer=${answerBytes}&thinks=${thinksMs}`;
}

/** Reads what the upstream has to know of an errand back from its target. */
export function readTarget(target: string): Pick<Errand, 'nonce' | 'answerBytes' | 'thinksMs'> | undefined {
  const [, nonce, answer, thinks] = /^\/errand\/([a-z0-9]+)\?answer=(\d+)&thinks=(\d+)$/.exec(target) ?? [];
  return nonce === undefined ? undefined : { nonce, answerBytes: Number(answer), thinksMs: Number(thinks) };
}

export function requestBody(nonce: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, `asked ${nonce} `);
}

export function answerBody(nonce: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, `answered ${nonce} `);
}
