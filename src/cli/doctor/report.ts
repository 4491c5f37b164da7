// The findings for a person, and for scripts.
import { coloured } from '../terminal.ts';
import { AREAS, type Area, type Finding, type Level } from './finding.ts';

const TITLES: Readonly<Record<Area, string>> = {
  legacy: 'Legacy',
  mysql: 'MySQL',
  memcache: 'Memcache',
  session: 'Sessions',
  time: 'Time',
  visitor: 'The visitor, as PHP sees them',
};

const WORDS: Readonly<Record<Level, string>> = {
  ok: coloured('green', 'ok     '),
  warning: coloured('yellow', 'warning'),
  problem: coloured('red', 'problem'),
  skipped: coloured('dim', '-      '),
};

/** Puts findings in the order of the report. */
export function sorted(findings: readonly Finding[]): readonly Finding[] {
  return AREAS.flatMap((area) => findings.filter((finding) => finding.area === area));
}

/** Writes the report. */
export function doctorText(findings: readonly Finding[]): string {
  const parts = AREAS.flatMap((area) => {
    const own = findings.filter((finding) => finding.area === area);
    return own.length === 0 ? [] : [`${coloured('bold', TITLES[area])}\n${own.map(line).join('\n')}`];
  });
  return `${parts.join('\n\n')}\n\n${sum(findings)}`;
}

function line({ level, text, cure }: Finding): string {
  const [first = '', ...more] = text.split('\n');
  const rest = [...more, ...(cure === undefined ? [] : [`→ ${cure}`])];
  return [`  ${WORDS[level]}  ${first}`, ...rest.map((one) => `           ${one}`)].join('\n');
}

function sum(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const many = (level: Level) => `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`;
  const said = `${many('problem')}, ${many('warning')}, ${count('ok')} fine`;
  const skipped = count('skipped');
  return skipped === 0 ? `${said}.` : `${said}; ${skipped} not looked at.`;
}
