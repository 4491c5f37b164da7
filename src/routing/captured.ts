// What a pattern's parameters are in one request, decoded once.
import { decodeCaptured } from './canonical-path.ts';
import type { Entry } from './entry.ts';
import type { Fields } from './fields.ts';
import { type MixedSegment, matchMixed } from './mixed-segment.ts';
import type { Parameters } from './route.ts';

/** Holds parameters by name and inherits none; V8 keeps it faster than `Object.create(null)`. */
class ParameterBag {
  [name: string]: string;
}
Object.setPrototypeOf(ParameterBag.prototype, null);
Reflect.deleteProperty(ParameterBag.prototype, 'constructor');

/** Reads the parameters of the entry that a request meets; `path` is canonical, in the request's own case. */
export function readParameters(entry: Entry, path: string, fields: Fields): Parameters {
  const parameters = new ParameterBag();
  if (!entry.isUnconditional) readQuery(entry, fields, parameters);
  eachCapture(entry, path, (name, text) => {
    parameters[name] = decodeCaptured(text);
  });
  return parameters;
}

function readQuery({ query }: Entry, fields: Fields, parameters: ParameterBag): void {
  for (const { keys, condition } of query) {
    const value = condition.kind === 'captures' ? fields.query(keys) : undefined;
    if (condition.kind === 'captures' && typeof value === 'string')
      parameters[condition.parameter.name] = value;
  }
}

/** Tells what the path's parameters and tail take of a canonical path that meets the entry, still encoded. */
export function eachCapture(entry: Entry, path: string, tell: (name: string, text: string) => void): void {
  let start = 1;
  let at = 0;
  for (const capture of entry.captures) {
    for (; at < capture.index; at += 1) start = path.indexOf('/', start) + 1;
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    // Where a tail may be empty, the slash before it may be missing.
    if (capture.kind === 'rest') tell('*', start === 0 ? '' : path.slice(start));
    else if (capture.kind === 'whole') tell(capture.name, path.slice(start, end));
    else tellMixed(capture.mixed, path.slice(start, end), entry.folds, tell);
  }
}

/** Compares without case where the file says so, and takes from the path as it was asked for. */
function tellMixed(
  mixed: MixedSegment,
  text: string,
  folds: boolean,
  tell: (name: string, text: string) => void,
): void {
  const taken = matchMixed(mixed, folds ? text.toLowerCase() : text);
  if (!taken) return;
  let start = 0;
  for (const [index, { name }] of mixed.parameters.entries()) {
    start += (mixed.texts[index] ?? '').length;
    const end = start + (taken[index] ?? '').length;
    tell(name, text.slice(start, end));
    start = end;
  }
}
