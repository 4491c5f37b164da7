// An address as it may be shown: also what its options say of passwords is hidden.
import { maskUserInfo } from '../../mask.ts';

/** Hides user, password, and every option whose name speaks of a secret. */
export function maskedUrl(url: string): string {
  return maskUserInfo(url).replace(/([?&][^=&]*(?:auth|pass|key|secret|salt)[^=&]*=)[^&]*/gi, '$1***');
}
