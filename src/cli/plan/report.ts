// A plan for people, for scripts, and for the comment of a pull request.
import { coloured } from '../terminal.ts';
import type { Change } from './changes.ts';
import { codeSpan, markdown, plainText } from './sentence.ts';

/** What is compared: each side with its name and revision. */
export type Plan = {
  readonly base: { readonly name: string; readonly revision: string };
  readonly file: { readonly name: string; readonly revision: string };
  readonly changes: readonly Change[];
};

/** A comment on GitHub holds 65,536 characters; so many changes are never read. */
const MOST_IN_A_COMMENT = 200;

/** Tells a plan to a person. */
export function planText(plan: Plan): string {
  const { base, file, changes } = plan;
  const sides = `from ${base.name} (revision ${base.revision}) to ${file.name} (revision ${file.revision})`;
  if (changes.length === 0) return `nothing changes ${sides}`;
  const lines = changes.map(({ name, sentence }) => `${coloured('bold', name)}: ${plainText(sentence)}`);
  return [...lines, '', `${count(changes)} ${sides}`].join('\n');
}

/** Tells a plan in Markdown. */
export function planMarkdown({ base, file, changes }: Plan): string {
  const sides = `From ${codeSpan(base.name)} (revision ${base.revision}) to ${codeSpan(file.name)} (revision ${file.revision}).`;
  if (changes.length === 0) return `### ${codeSpan(file.name)}: nothing changes\n\n${sides}`;
  const shown = changes.slice(0, MOST_IN_A_COMMENT);
  const lines = shown.map(({ name, sentence }) => `- **${codeSpan(name)}**: ${markdown(sentence)}`);
  const rest = changes.length - shown.length;
  const more = rest > 0 ? [`- ... and ${rest} more`] : [];
  return [`### ${codeSpan(file.name)}: ${count(changes)}`, '', ...lines, ...more, '', sides].join('\n');
}

/** Tells problems in Markdown. */
export function problemsMarkdown(name: string, problems: string): string {
  const fence = '`'.repeat(Math.max(3, ...(problems.match(/`+/g) ?? []).map(({ length }) => length + 1)));
  return `### ${codeSpan(name)} has problems\n\n${fence}\n${problems}\n${fence}`;
}

/** Tells a plan to a script. */
export function planJson({ base, file, changes }: Plan) {
  return {
    ok: true,
    base,
    file,
    changes: changes.map(({ kind, name, sentence }) => ({ kind, name, text: plainText(sentence) })),
  };
}

function count(changes: readonly Change[]): string {
  return `${changes.length} change${changes.length === 1 ? '' : 's'}`;
}
