// What must not be shown: user and password in addresses.

/** Hides user and password of the addresses in a text, whatever characters a password has. */
export function maskUserInfo(text: string): string {
  return text.replace(/:\/\/\S*@/g, '://***@');
}
