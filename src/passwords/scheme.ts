// What a stored password hash is, told by its form alone.

/** The kinds of hashes that can be checked. */
export type PasswordScheme = 'bcrypt' | 'argon2i' | 'argon2id' | 'phpass' | 'drupal' | 'wordpress';

// The last characters of bcrypt's salt and hash have spare bits; PHP compares texts, so those must be zero.
const BCRYPT = String.raw`\$2[ABY]\$(?:0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]`;
const FORMS: readonly (readonly [PasswordScheme, RegExp])[] = [
  ['bcrypt', new RegExp(`^${BCRYPT.replace('[ABY]', '[aby]')}$`)],
  ['wordpress', new RegExp(`^\\$wp${BCRYPT.replace('[ABY]', 'y')}$`)],
  ['argon2id', /^\$argon2id\$/],
  ['argon2i', /^\$argon2i\$/],
  ['phpass', /^U?\$[PH]\$[5-9A-S][./A-Za-z0-9]{30}$/],
  ['drupal', /^U?\$S\$[5-9A-S][./A-Za-z0-9]{51}$/],
];

/** What crypt() of PHP can check and this cannot: MD5, SHA-256, SHA-512, the wrong bcrypt of before 2011, and DES. */
const FOREIGN = /^(?:\$(?:1|5|6|2x)\$|_[./A-Za-z0-9]{19}$|[./A-Za-z0-9]{13}$)/;

/** Tells a hash's scheme; undefined if it is none of those that can be checked. */
export function passwordScheme(hash: string): PasswordScheme | undefined {
  return FORMS.find(([, form]) => form.test(hash))?.[0];
}

/** States that PHP's password_verify could check this hash, and that `passwordVerify` cannot. */
export function isForeign(hash: string): boolean {
  return FOREIGN.test(hash);
}
