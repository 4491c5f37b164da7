// passwordVerify as handlers have it, in its built form.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { askPhp } from '../php/oracle/php.ts';

const ENTRY = new URL('../../dist/index.js', import.meta.url).href;

test('a login is checked beside the event loop, and the process ends when all are answered', () => {
  const [hash = ''] = askPhp('return password_hash($in, PASSWORD_BCRYPT, ["cost" => 12]);', ['secret']);
  const program = `
    import { passwordHash, passwordVerify } from ${JSON.stringify(ENTRY)};
    let ticks = 0;
    const timer = setInterval(() => { ticks++; }, 5);
    const answers = await Promise.all(['secret', 'Secret'].map((one) => passwordVerify(one, ${JSON.stringify(hash)})));
    clearInterval(timer);
    const made = await passwordHash('secret', { algorithm: 'argon2id', memoryCost: 1024 });
    console.log(JSON.stringify({ answers, ticked: ticks > 5, made }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
  const { answers, ticked, made } = JSON.parse(output.toString());
  expect({ answers, ticked }).toEqual({ answers: [true, false], ticked: true });
  expect(askPhp('return (int) password_verify("secret", $in);', [made])).toEqual(['1']);
});
