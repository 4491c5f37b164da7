// JSON.parse takes any depth, but code that walks what it gives runs out of stack, JSON.stringify among it.

/** The depth to which PHP's json_decode goes by default. */
const MAX_DEPTH = 512;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** States whether lists and objects nest deeper than PHP reads. What is no JSON may be misjudged. */
export function isTooDeep(json: Uint8Array): boolean {
  if (json.length <= MAX_DEPTH) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) inText = !inText;
    else if (inText && byte === BACKSLASH) at += 1;
    else if (!inText && (byte === OPEN_LIST || byte === OPEN_OBJECT)) depth += 1;
    else if (!inText && (byte === CLOSE_LIST || byte === CLOSE_OBJECT)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
