// How commands write: colours only for a person who wants them, and a reader who leaves ends the command.
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text for standard output, unless it is no terminal or NO_COLOR is set. */
export function coloured(style: Style, text: string): string {
  const { stdout } = process;
  return stdout.isTTY && stdout.hasColors() ? styleText(style, text, { validateStream: false }) : text;
}

/** Writes lines on standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes a value for scripts. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Tells a person why there is nothing on standard output. */
export function complain(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** `banyan routes | head` closes our output: that is no failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}
