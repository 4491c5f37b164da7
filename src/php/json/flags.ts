// PHP's own numbers for json_encode's flags; join them with `|`.

export const JSON_HEX_TAG = 1;
export const JSON_HEX_AMP = 2;
export const JSON_HEX_APOS = 4;
export const JSON_HEX_QUOT = 8;
export const JSON_FORCE_OBJECT = 16;
export const JSON_NUMERIC_CHECK = 32;
export const JSON_UNESCAPED_SLASHES = 64;
export const JSON_PRETTY_PRINT = 128;
export const JSON_UNESCAPED_UNICODE = 256;
export const JSON_UNESCAPED_LINE_TERMINATORS = 2048;
export const JSON_PARTIAL_OUTPUT_ON_ERROR = 512;
export const JSON_PRESERVE_ZERO_FRACTION = 1024;
export const JSON_INVALID_UTF8_IGNORE = 1048576;
export const JSON_INVALID_UTF8_SUBSTITUTE = 2097152;
