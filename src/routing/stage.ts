// The stage scalar: `legacy`, `shadow 10%`, `canary 5% staff`, `new`, `gone`. One word flips a route.
import type { Stage, StageWord } from './route.ts';

/** The stages in the order a route goes through them. */
export const STAGE_WORDS: readonly StageWord[] = ['legacy', 'shadow', 'canary', 'new', 'gone'];

export type StageResult =
  | { readonly ok: true; readonly stage: Stage }
  | { readonly ok: false; readonly message: string; readonly cure: string };

const COHORT = /^[A-Za-z][A-Za-z0-9._-]*$/;
const PERCENT = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/;
const USAGE = 'write legacy, shadow 10%, canary 5% staff, new or gone';

/** Reads a stage. Whether its cohorts are declared is for the caller to check. */
export function parseStage(text: string): StageResult {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const known = STAGE_WORDS.find((candidate) => candidate === word);
  if (!known) return { ok: false, message: `"${text}" is no stage`, cure: USAGE };
  return parseRest(known, rest);
}

/** Writes a stage as parseStage reads it. */
export function formatStage({ word, percent, cohorts }: Stage): string {
  return [word, ...(percent === undefined ? [] : [`${percent}%`]), ...cohorts].join(' ');
}

function parseRest(word: StageWord, rest: readonly string[]): StageResult {
  const takesPercent = word === 'shadow' || word === 'canary';
  if (rest.length > 0 && !takesPercent) {
    return {
      ok: false,
      message: `${word} takes neither percentage nor cohorts`,
      cure: `write ${word} alone`,
    };
  }
  const [first] = rest;
  const hasPercent = first !== undefined && PERCENT.test(first);
  const cohorts = hasPercent ? rest.slice(1) : rest;
  const wrong = cohorts.find((cohort) => !COHORT.test(cohort));
  if (wrong !== undefined) {
    return { ok: false, message: `"${wrong}" is neither a percentage nor a cohort's name`, cure: USAGE };
  }
  if (word === 'shadow' && cohorts.length > 0) {
    return { ok: false, message: 'shadow takes no cohorts', cure: 'write shadow or shadow 10%' };
  }
  if (new Set(cohorts).size < cohorts.length) {
    return { ok: false, message: 'a cohort stands twice', cure: 'name each cohort once' };
  }
  return { ok: true, stage: { word, percent: hasPercent ? Number.parseFloat(first) : undefined, cohorts } };
}
