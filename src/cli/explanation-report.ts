// Tells who answers a request and why the others do not.
import { describeNewSide } from '../admin/routes.ts';
import { redirectLocation } from '../edge/redirect.ts';
import { type Decision, decide } from '../rollout/decide.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import type { Candidate, Explanation } from '../routing/explain.ts';
import type { TableSpec } from '../routing/route.ts';
import { formatStage } from '../routing/stage.ts';
import type { AskedRequest } from './asked-request.ts';
import { coloured } from './terminal.ts';
import { textTable } from './text-table.ts';

/** Tells an explanation to a person; of those that lost, the nearest `most`. */
export function explanationText(
  asked: AskedRequest,
  explanation: Explanation,
  spec: TableSpec,
  most: number,
): string {
  const { result, path, candidates } = explanation;
  const met = meetingOf(asked, explanation, spec);
  const { method, host, target } = asked;
  const others = candidates.filter(({ verdict }) => verdict !== 'wins');
  const parameters = result.kind === 'matched' ? Object.entries(result.parameters) : [];
  const [rawPath = ''] = target.split('?');
  const parts = [
    [
      `${method} ${host}${target}`,
      `${coloured('bold', met.name ?? met.meets)}: ${met.answer} (${met.why})`,
      ...parameters.map(([name, value]) => `  ${name} = ${value}`),
      ...(path === rawPath ? [] : [`  matched as ${path}`]),
    ],
    othersText(others, most),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function othersText(others: readonly Candidate[], most: number): readonly string[] {
  if (others.length === 0) return [];
  const shown = others.slice(0, most);
  const rows = shown.map(({ route, pattern, reason }) => [`  ${route.name}`, pattern.text, reason]);
  const rest = others.length - shown.length;
  return ['Not:', ...textTable(rows), ...(rest > 0 ? [`  and ${rest} more; --all tells of them`] : [])];
}

/** Tells an explanation to a script. */
export function explanationJson(asked: AskedRequest, explanation: Explanation, spec: TableSpec) {
  const { result, path, candidates } = explanation;
  const { method, host, target } = asked;
  return {
    request: { method, host, target, path },
    ...meetingOf(asked, explanation, spec),
    parameters: result.kind === 'matched' ? { ...result.parameters } : {},
    revision: spec.revision,
    candidates: candidates.map(({ route, pattern, verdict, differs, reason }) => ({
      ...{ route: route.name, match: pattern.text, verdict, differs: differs ?? null, reason },
    })),
  };
}

type Meeting = {
  readonly meets: 'route' | 'undeclared' | 'refused';
  readonly name: string | null;
  readonly stage: string | null;
  readonly newSide: string | null;
  readonly side: Decision['side'];
  /** Who answers, as a sentence without its end. */
  readonly answer: string;
  readonly why: string;
};

function meetingOf(asked: AskedRequest, { result }: Explanation, spec: TableSpec): Meeting {
  const none = { name: null, stage: null, newSide: null };
  if (result.kind === 'respelled' && result.answer === 'refuse') {
    const why = `another server may read its path as ${result.reading}, which is ${result.other?.name ?? 'anything'}`;
    return { meets: 'refused', ...none, side: 'edge', answer: 'the edge answers 400', why };
  }
  const decision = decide({ revision: spec.revision, unmatched: spec.unmatched }, result);
  const { route, side } = decision;
  const answer = answerText(asked, decision);
  if (!route) {
    const why = result.kind === 'respelled' ? 'its path is respelled' : 'no route matches';
    return { meets: 'undeclared', ...none, side, answer, why };
  }
  const stage = formatStage(route.stage);
  const newSide = describeNewSide(route.newSide);
  return { meets: 'route', name: route.name, stage, newSide, side, answer, why: `stage ${stage}` };
}

function answerText({ target }: AskedRequest, { answer, parameters }: Decision): string {
  switch (answer.kind) {
    case 'forward':
      return answer.upstream === 'legacy' ? 'legacy answers' : `upstream ${answer.upstream} answers`;
    case 'handler':
      return `handler ${answer.key.replace(/#default$/, '')} answers`;
    case 'redirect': {
      const where = redirectLocation(answer.location, parameters, splitTarget(target).query);
      return `the edge answers ${answer.status} to ${where}`;
    }
    case 'gone':
      return 'the edge answers 410';
    case 'not-found':
      return 'the edge answers 404';
  }
}
