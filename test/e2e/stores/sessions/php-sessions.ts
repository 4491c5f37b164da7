// A process of real PHP that keeps sessions in the way it is told.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('php-sessions.php', import.meta.url));

/** What PHP is started with. */
export type PhpSettings = {
  readonly php: string;
  /** php.ini's, by their names. */
  readonly settings: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
};

/** One request of PHP after another. */
export type PhpSessions = {
  /** Runs code and gives what it returns, through JSON. */
  run(code: string): Promise<unknown>;
  /** Writes a session as a request does: the code changes `$_SESSION`. */
  write(id: string, code: string): Promise<void>;
  /** What a request of PHP finds in a session's variable `n`. */
  read(id: string): Promise<unknown>;
  destroy(id: string): Promise<void>;
  close(): void;
};

/** Starts a process that answers until it is closed. */
export function startPhpSessions({ php, settings, environment = {} }: PhpSettings): PhpSessions {
  const all = { 'session.use_cookies': '0', 'session.cache_limiter': '', ...settings };
  const args = Object.entries(all).flatMap(([name, value]) => ['-d', `${name}="${value}"`]);
  const child = spawn(php, [...args, SCRIPT], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', () => reject(new Error('PHP has ended')));
  });
  ended.catch(() => {});
  const run = (code: string) => {
    const answer = new Promise<string>((resolve) => waiting.push(resolve));
    child.stdin.write(`${JSON.stringify(code)}\n`);
    return Promise.race([answer, ended]).then((line) => JSON.parse(line) as unknown);
  };
  const within = (id: string, code: string) =>
    run(`session_id("${id}"); $_SESSION = []; if (!session_start()) return "not started"; ${code}`);
  return {
    run,
    write: async (id, code) => {
      const done = await within(id, `${code}; return session_write_close();`);
      if (done !== true) throw new Error(`PHP: ${JSON.stringify(done)}`);
    },
    read: (id) => within(id, 'session_write_close(); return $_SESSION["n"] ?? null;'),
    destroy: async (id) => {
      await within(id, 'return session_destroy();');
    },
    close: () => child.stdin.end(),
  };
}
