// PHP's own numbers for htmlspecialchars' flags; join them with `|`.

export const ENT_HTML401 = 0;
export const ENT_NOQUOTES = 0;
export const ENT_COMPAT = 2;
export const ENT_QUOTES = 3;
export const ENT_IGNORE = 4;
export const ENT_SUBSTITUTE = 8;
export const ENT_XML1 = 16;
export const ENT_XHTML = 32;
export const ENT_HTML5 = 48;
