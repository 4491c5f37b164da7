// Limits of the data plane that several of its files know.

/** The largest head of a request or an answer. nginx takes four lines of 8 KiB by default, and old applications fill them. */
export const MAX_HEADER_BYTES = 64 * 1024;
