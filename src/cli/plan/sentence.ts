// Sentences that may hold words of routes.yaml, which are set apart where the format can.

/** A sentence in pieces; `code` is in the words of routes.yaml. */
export type Sentence = readonly (string | { readonly code: string })[];

/** Marks a word of routes.yaml; it stays in its line. */
export function code(text: string): Sentence {
  return [{ code: text.replace(/\p{Cc}+/gu, ' ') }];
}

/** Writes a sentence; what is filled in are sentences or plain words. */
export function say(strings: TemplateStringsArray, ...values: readonly (string | Sentence)[]): Sentence {
  return strings.flatMap((text, index): Sentence => {
    const value = values[index] ?? [];
    return [text, ...(typeof value === 'string' ? [value] : value)];
  });
}

/** Writes several with commas between them. */
export function list(sentences: readonly Sentence[]): Sentence {
  return sentences.flatMap((sentence, index) => (index === 0 ? sentence : [', ', ...sentence]));
}

/** Writes a sentence for a terminal. */
export function plainText(sentence: Sentence): string {
  return sentence.map((piece) => (typeof piece === 'string' ? piece : piece.code)).join('');
}

/** Writes a sentence in Markdown. */
export function markdown(sentence: Sentence): string {
  return sentence.map((piece) => (typeof piece === 'string' ? piece : codeSpan(piece.code))).join('');
}

/** A code span is fenced by more backquotes than stand in it (CommonMark 6.1). */
export function codeSpan(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const room = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${room}${text}${room}${fence}`;
}
