// What the YAML parser stumbles over → one problem, told without the parser's words.
import { type Document, isCollection, isScalar, visit, type YAMLParseError } from 'yaml';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';
import { oddLine } from './indentation.ts';
import { quotedAround } from './quoting.ts';

type Source = {
  readonly text: string;
  readonly document: Document.Parsed;
  at(offset: number): Position;
};

type Told = {
  readonly code?: 'needs-quotes';
  readonly position: Position;
  readonly message: string;
  readonly cure: string;
};

/** Errors that yaml-tree.ts tells better. */
const FEATURES = ['BAD_ALIAS', 'ALIAS_PROPS', 'MULTIPLE_ANCHORS', 'MULTIPLE_TAGS', 'TAG_RESOLVE_FAILED'];

/** Tells the first mistake, if there is one: what the parser says after it are guesses. */
export function syntaxProblem(source: Source, hasFeatures: boolean): Problem | undefined {
  const errors = source.document.errors.filter(({ code }) => !(hasFeatures && FEATURES.includes(code)));
  const [first] = errors.toSorted((one, other) => one.pos[0] - other.pos[0]);
  return first && { code: 'yaml-syntax', ...tell(first, source) };
}

function tell(error: YAMLParseError, source: Source): Told {
  const position = source.at(error.pos[0]);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { position, message: 'a tab is used for indentation', cure: 'indent with blanks' };
    case 'MULTIPLE_DOCS':
      return {
        position,
        message: 'a second document begins',
        cure: 'one document only; remove --- (or ...) between them',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        position,
        message: 'a backslash in double quotes that begins no escape',
        cure: 'write it twice, or use single quotes',
      };
    case 'BAD_SCALAR_START': {
      const character = source.text[error.pos[0]];
      return { position, message: `a value begins with ${character}`, cure: 'put the value in quotes' };
    }
    default:
      return (
        unclosed(source) ??
        missingColon(error, source) ??
        unquoted(error, source) ??
        wrongIndent(error, source) ??
        other(error, source)
      );
  }
}

/** What is opened and never closed is told where it opens; the parser notices at the end of the file. */
function unclosed({ document, text, at }: Source): Told | undefined {
  let found: Told | undefined;
  visit(document, {
    Node(_key, node) {
      const token = node.srcToken;
      if (isCollection(node) && token?.type === 'flow-collection') {
        if (token.end.some(({ type }) => type === 'flow-seq-end' || type === 'flow-map-end'))
          return undefined;
        const bracket = text[token.start.offset] ?? '';
        const closing = bracket === '[' ? ']' : '}';
        found = toldOpen(at(token.start.offset), bracket, closing);
      } else if (isScalar(node) && token && 'source' in token && /^["']/.test(token.source)) {
        const quote = token.source[0] ?? '';
        if (token.source.length > 1 && token.source.endsWith(quote)) return undefined;
        found = toldOpen(at(token.offset), quote, quote);
      }
      return undefined;
    },
  });
  return found;
}

function toldOpen(position: Position, opening: string, closing: string): Told {
  return {
    position,
    message: `the ${opening} that opens here is never closed`,
    cure: `write ${closing} where it ends`,
  };
}

/** A value that YAML reads as more than one, with the quotes that make it one. */
function unquoted(error: YAMLParseError, { text, at }: Source): Told | undefined {
  const codes = ['MISSING_CHAR', 'UNEXPECTED_TOKEN', 'BLOCK_AS_IMPLICIT_KEY', 'BLOCK_IN_FLOW'];
  if (!codes.includes(error.code)) return undefined;
  const position = at(error.pos[0]);
  const line = (text.split('\n')[position.line - 1] ?? '').trimEnd();
  const quoted = quotedAround(line, position.column);
  if (quoted === undefined) return undefined;
  if (/;\s+[a-z]+: /.test(quoted))
    return { position, message: 'a semicolon stands between two keys', cure: 'write a comma instead of ;' };
  const message = 'a value is not in quotes, and is read as more than one';
  return { code: 'needs-quotes', position, message, cure: `write ${quoted}` };
}

function missingColon(error: YAMLParseError, { text, at }: Source): Told | undefined {
  const isKey =
    error.code === 'MULTILINE_IMPLICIT_KEY' ||
    error.message.startsWith('Implicit map keys need to be followed');
  const position = at(error.pos[0]);
  const line = (text.split('\n')[position.line - 1] ?? '').trim();
  if (!isKey || /:(\s|$)/.test(line) || /^-(\s|$)/.test(line)) return undefined;
  const tight = /^([A-Za-z0-9._-]+):(\S.*)$/.exec(line);
  if (tight) {
    return { position, message: 'there is no blank after the colon', cure: `write ${tight[1]}: ${tight[2]}` };
  }
  return {
    position,
    message: `there is no colon in "${short(line)}"`,
    cure: 'write key: value, or key: and what belongs to it below, indented deeper',
  };
}

function wrongIndent(error: YAMLParseError, { text, at }: Source): Told | undefined {
  const codes = ['BAD_INDENT', 'BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY'];
  if (!codes.includes(error.code)) return undefined;
  const odd = oddLine(text);
  if (odd) {
    const position = { ...at(error.pos[0]), line: odd.line, column: odd.indent + 1 };
    return {
      position,
      message: `this line is indented by ${blanks(odd.indent)}, its neighbours by ${odd.expected}`,
      cure: `indent it by ${blanks(odd.expected)}`,
    };
  }
  if (error.code !== 'BAD_INDENT') return undefined;
  const content = error.pos[0] + (/^\s*/.exec(text.slice(error.pos[0]))?.[0].length ?? 0);
  return {
    position: at(content),
    message: 'the indentation does not fit the lines above',
    cure: 'indent it as the lines that it belongs with',
  };
}

function other(error: YAMLParseError, { text, at }: Source): Told {
  const position = at(error.pos[0]);
  const told = (message: string, cure: string): Told => ({ position, message, cure });
  switch (error.code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return told(
        'a key stands where there is a value already',
        'put a value that has ": " in quotes, or the second key on a line of its own',
      );
    case 'MISSING_CHAR':
      if (error.message.startsWith('Comments'))
        return told('a comment begins right after a value', 'write a blank before the #');
      if (error.message.startsWith('Missing ,'))
        return told('a comma is missing before this', 'write a comma, or put the whole value in quotes');
      break;
    case 'UNEXPECTED_TOKEN': {
      const rest = /^\S*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      if (/^[\]}]/.test(rest)) return told(`the ${rest[0]} closes nothing`, 'remove it');
      return told(`"${short(rest)}" stands after the end of a value`, 'put the whole value in quotes');
    }
  }
  return told(
    'from here on the file cannot be read as YAML',
    'look here and in the line above; a value that has ": " or " #" or begins with [, { or * needs quotes',
  );
}

function blanks(count: number): string {
  return count === 1 ? '1 blank' : `${count} blanks`;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
