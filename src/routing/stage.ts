// The stage scalar: `legacy`, `shadow 10%`, `canary 5% staff`, `new`, `gone`. One word flips a route.
import { nearest } from '../suggest.ts';
import type { Stage, StageWord } from './route.ts';

/** The stages in the order a route goes through them. */
export const STAGE_WORDS: readonly StageWord[] = ['legacy', 'shadow', 'canary', 'new', 'gone'];

export type StageResult =
  | { readonly ok: true; readonly stage: Stage }
  | { readonly ok: false; readonly message: string; readonly cure: string };

const COHORT = /^[A-Za-z][A-Za-z0-9._-]*$/;
const PERCENT = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d{1,6})?)%$/;
const USAGE = 'write legacy, shadow 10%, canary 5% staff, new or gone';

/** Reads a stage, or says what is wrong and what was probably meant. Whether its cohorts are declared is for the caller to check. */
export function parseStage(text: string): StageResult {
  const result = read(text);
  return result.ok ? result : { ...result, cure: meant(text) ?? result.cure };
}

/** Writes a stage as parseStage reads it. */
export function formatStage({ word, percent, cohorts }: Stage): string {
  return [word, ...(percent === undefined ? [] : [`${percent}%`]), ...cohorts].join(' ');
}

function read(text: string): StageResult {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const known = STAGE_WORDS.find((candidate) => candidate === word);
  return known ? readRest(known, rest) : refused(`"${text}" is no stage`, USAGE);
}

function readRest(word: StageWord, rest: readonly string[]): StageResult {
  if (rest.length > 0 && word !== 'shadow' && word !== 'canary')
    return refused(`${word} takes neither percentage nor cohorts`, `write ${word} alone`);
  const [first] = rest;
  const hasPercent = first !== undefined && PERCENT.test(first);
  const cohorts = hasPercent ? rest.slice(1) : rest;
  const wrong = cohorts.find((cohort) => !COHORT.test(cohort));
  if (wrong !== undefined) return refused(`"${wrong}" is neither a percentage nor a cohort's name`, USAGE);
  if (word === 'shadow' && cohorts.length > 0)
    return refused('shadow takes no cohorts', 'write shadow or shadow 10%');
  if (word === 'canary' && rest.length === 0)
    return refused('canary alone is for nobody', 'write canary 5%, or name a cohort: canary staff');
  if (new Set(cohorts).size < cohorts.length)
    return refused('a cohort stands twice', 'name each cohort once');
  return { ok: true, stage: { word, percent: hasPercent ? Number.parseFloat(first) : undefined, cohorts } };
}

function refused(message: string, cure: string): StageResult {
  return { ok: false, message, cure };
}

/** Says what was probably meant: a slip in the word, a sign left out, another order. */
function meant(text: string): string | undefined {
  const words = text
    .replace(/\s+%/g, '%')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  const shares = words
    .filter((word) => /^\d+(\.\d+)?%?$/.test(word))
    .map((word) => `${word.replace('%', '')}%`);
  if (shares.some((share) => Number.parseFloat(share) > 100)) return 'write a percentage from 0% to 100%';
  const [first = '', ...others] = words.filter((word) => /^[A-Za-z]/.test(word));
  if (first === '' && shares.length > 0) return `write canary ${shares[0]} or shadow ${shares[0]}`;
  const isWhole = 1 + others.length + shares.length === words.length;
  const stage = [nearest(first, STAGE_WORDS) ?? first, ...shares, ...others].join(' ');
  return isWhole && stage !== text && read(stage).ok ? `did you mean "${stage}"?` : undefined;
}
