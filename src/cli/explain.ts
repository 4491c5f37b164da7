// `banyan explain`: who answers a request, and why the others lost.
import { type Command, InvalidArgumentError } from 'commander';
import type { Settings } from '../environment.ts';
import { explain } from '../routing/explain.ts';
import { formatProblems } from '../routing/problem.ts';
import { type AskedRequest, inputOf } from './asked-request.ts';
import { EXIT } from './exit.ts';
import { explanationJson, explanationText } from './explanation-report.ts';
import { openToAsk } from './open-table.ts';
import { addSettingsOptions, settingsOrExit } from './settings-options.ts';
import { complain, print, printJson } from './terminal.ts';

type Field = readonly [name: string, value: string];
type Options = {
  readonly header: readonly Field[];
  readonly data?: string;
  readonly all?: boolean;
  readonly json?: boolean;
};

const HELP = `
Nothing is sent: the routes file is read, and the request is held against every match in it. The target is a
path with its query, as a browser sends it, or a whole URL. Header fields count where a route has conditions
on them; a body is read as a urlencoded form unless Content-Type says otherwise.

Exit codes: 0 fine, whoever answers; 1 the routes file has problems; 2 usage.

  banyan explain GET '/index.php?page=search&q=fig'
  banyan explain GET https://shop.example.com/products/7 -H 'Cookie: beta=1'
  banyan explain POST /ajax.php --data action=cartCount`;

/** Adds the command. */
export function addExplainCommand(program: Command): void {
  const command = program
    .command('explain')
    .description('Say who answers a request, and why the others lost.')
    .argument('<method>', 'GET, POST, ...', parseMethod)
    .argument('<target>', 'path and query, or a whole URL', parseTarget)
    .option('-H, --header <field>', "a header field, such as 'Cookie: beta=1'; may be repeated", addField, [])
    .option('-d, --data <body>', 'the body of the request')
    .option('--all', 'tell of every match in the file, not of the nearest ten')
    .option('--json', 'tell it for scripts');
  addSettingsOptions(command, ['ROUTES', 'STAGES']).addHelpText('after', HELP);
  command.action(async (method: string, target: Target, options: Options) => {
    const asked = { method, ...target, headers: headersOf(options.header), body: options.data };
    process.exitCode = await run(asked, options, settingsOrExit(options));
  });
}

async function run(asked: AskedRequest, { json, all }: Options, settings: Settings): Promise<number> {
  const { loaded } = await openToAsk(settings);
  if (!loaded.ok) {
    complain(formatProblems(loaded.problems, loaded.texts));
    return EXIT.problems;
  }
  const explanation = explain(loaded.spec, inputOf(asked));
  if (json) printJson(explanationJson(asked, explanation, loaded.spec));
  else print(explanationText(asked, explanation, loaded.spec, all ? Number.POSITIVE_INFINITY : 10));
  return EXIT.fine;
}

type Target = { readonly host: string; readonly target: string };

function parseMethod(text: string): string {
  if (!/^[A-Za-z][A-Za-z-]*$/.test(text)) throw new InvalidArgumentError('Write a method such as GET.');
  return text.toUpperCase();
}

function parseTarget(text: string): Target {
  const url = /^https?:\/\/([^/?#@]+)(?![^/?#])([^#]*)/i.exec(text);
  const target = url ? (url[2] ?? '') : text;
  if (!url && !target.startsWith('/')) {
    throw new InvalidArgumentError('Write a path from the root, such as /products/7, or a whole URL.');
  }
  if (target.includes('#')) throw new InvalidArgumentError('Browsers send nothing from # on: leave it out.');
  const rooted = target.startsWith('/') ? target : `/${target}`;
  return { host: url?.[1] ?? '', target: rooted.replace(/[^\x21-\x7e]+/g, encoded) };
}

/** Browsers escape what is not ASCII; half a character they cannot send. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
}

function addField(text: string, fields: readonly Field[]): readonly Field[] {
  const [, name, value] = /^([^\s:]+):(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write 'Name: value'.");
  return [...fields, [name.toLowerCase(), value.trim()]];
}

/** Fields that stand twice become one, as Node makes them one. */
function headersOf(fields: readonly Field[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const [name, value] of fields) {
    const before = headers.get(name);
    const separator = name === 'cookie' ? '; ' : ', ';
    headers.set(name, before === undefined ? value : before + separator + value);
  }
  return Object.fromEntries(headers);
}
