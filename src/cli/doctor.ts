// `banyan doctor`: is everything that legacy relies on reachable, and read right?
import { type Command, InvalidArgumentError } from 'commander';
import { reasonOf } from '../reason.ts';
import { examine } from './doctor/examine.ts';
import { makeProbe, writeProbe } from './doctor/probe-file.ts';
import { doctorText } from './doctor/report.ts';
import { EXIT } from './exit.ts';
import { settingsOrExit } from './settings-options.ts';
import { complain, print, printJson } from './terminal.ts';

type Options = {
  readonly probe?: string;
  readonly token?: string;
  readonly writeProbe?: string;
  readonly connect?: string;
  readonly cookie?: string;
  readonly json?: boolean;
};

const HELP = `
Everything that the environment names is asked: LEGACY_URL, EDGE_URL, MYSQL_URL, MEMCACHE_URL, SESSION_URL. What PHP sees
of the same things is told by a probe, a file that is dropped into the legacy application for a moment. It answers only to the
token that is printed when it is written, once, within an hour.

  banyan doctor --write-probe /srv/shop/banyan-probe.php \\
    --connect "require 'includes/bootstrap.php'; \\$mysql = db(); \\$memcached = cache();"
  banyan doctor --probe /banyan-probe.php --token TOKEN
  rm /srv/shop/banyan-probe.php

It is asked through the edge where EDGE_URL is set, else at LEGACY_URL. It writes twenty keys and a session of its own, and
takes them back. Nothing else is written.

Exit codes: 0 no problems (warnings are none); 1 problems; 2 usage.`;

/** Adds the command. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Say whether everything that legacy relies on is reachable, and read right.')
    .option('--write-probe <file>', 'write the probe, with a new token, and do nothing else')
    .option('--connect <php>', 'PHP for the probe that sets $mysql and $memcached from the application')
    .option('--probe <path>', "the probe's path on the legacy host, such as /banyan-probe.php", parsePath)
    .option('--token <token>', 'the token that --write-probe printed')
    .option('--cookie <header>', "a browser's Cookie header: shows its session's names and types")
    .option('--json', 'tell it for scripts')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      process.exitCode =
        options.writeProbe === undefined ? await run(options) : write(options.writeProbe, options);
      // What a server that hangs still holds open must not hold up the end.
      setTimeout(() => process.exit(), 2_000).unref();
    });
}

function write(file: string, { connect }: Options): number {
  const probe = makeProbe(connect, Date.now());
  try {
    writeProbe(file, probe);
  } catch (error) {
    complain(`banyan: ${file} was not written: ${reasonOf(error)}`);
    return EXIT.problems;
  }
  print(`Wrote ${file}. It answers once, within an hour, to:

  banyan doctor --probe /${file.split('/').at(-1)} --token ${probe.token}

Then remove it.`);
  return EXIT.fine;
}

async function run(options: Options): Promise<number> {
  const settings = settingsOrExit({});
  const { probe, token } = options;
  if ((probe === undefined) !== (token === undefined)) return usage('--probe and --token go together');
  if (probe !== undefined && !(settings.edgeUrl ?? settings.legacyUrl))
    return usage('--probe needs EDGE_URL or LEGACY_URL');
  const findings = await examine(settings, options);
  const isFine = findings.every(({ level }) => level !== 'problem');
  if (options.json) printJson({ ok: isFine, findings });
  else print(doctorText(findings));
  return isFine ? EXIT.fine : EXIT.problems;
}

function usage(text: string): number {
  complain(`banyan: ${text}`);
  return EXIT.usage;
}

function parsePath(text: string): string {
  if (/^\/[^/]/.test(text)) return text;
  throw new InvalidArgumentError('Write a path from the root, such as /banyan-probe.php.');
}
