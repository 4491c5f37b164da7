// What all decoders of this folder share: limits, the reason for a failure, and how a failure ends a recursion.

import { failure, type Result, success } from '../result.ts';

/** Bounds the work done for one input. */
export interface DecodeLimits {
  /** Levels of nesting; 512 unless told. */
  readonly maxDepth?: number;
  /** Bytes of input; 16 MiB unless told. */
  readonly maxBytes?: number;
}

/** Says why bytes could not be read, and at which byte. */
export interface DecodeError {
  readonly code: 'malformed' | 'too-deep' | 'too-large' | 'unsupported';
  readonly offset: number;
  readonly message: string;
}

/** Levels of nesting that are read and written unless told otherwise. */
export const MAX_DEPTH = 512;

/** Bytes that are read unless told otherwise. */
export const MAX_BYTES = 16 * 1024 * 1024;

/** Unwinds a decoder's recursion; thrown by a cursor and caught by `attempt`, where the decoder was entered. */
export class Stop extends Error {
  readonly reason: DecodeError;
  constructor(reason: DecodeError) {
    super(reason.message);
    this.reason = reason;
  }
}

/** Runs a decoder and makes its Stop a failure. */
export function attempt<Value>(read: () => Value): Result<Value, DecodeError> {
  try {
    return success(read());
  } catch (error) {
    if (error instanceof Stop) return failure(error.reason);
    throw error;
  }
}
