// What a valid routes file is, told a second time and in another way: by the YAML library's own reading, the JSON
// Schema, and plain rules on the values. Holds the loader to account, which shares none of this.
import { Ajv } from 'ajv';
import { isAlias, isNode, isScalar, parseDocument, visit } from 'yaml';
import { routesJsonSchema } from '../../src/routes-file/json-schema.ts';

const validate = new Ajv({ allowUnionTypes: true, logger: false }).compile(JSON.parse(routesJsonSchema()));

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Says why a text is no valid routes file, as far as this oracle knows; undefined when it finds no fault. */
export function faultOf(text: string): string | undefined {
  const document = parseDocument(text, { logLevel: 'silent', merge: false, version: '1.2' });
  if (document.errors.length > 0) return `not YAML: ${document.errors[0]?.message}`;
  let fault: string | undefined;
  visit(document, {
    Node(_key, node) {
      if (isAlias(node) || (isNode(node) && (node.tag !== undefined || ('anchor' in node && node.anchor))))
        fault = 'an alias, anchor or tag';
    },
    Scalar(_key, node) {
      // What YAML reads otherwise than it is written is a text.
      if (typeof node.value === 'number' && String(node.value) !== node.source) node.value = node.source;
      else if (node.value instanceof Date) node.value = node.source;
    },
    Pair(_key, { key }) {
      if (!isScalar(key)) return;
      // A key is the text that it is written as.
      if (typeof key.value !== 'string') key.value = key.source ?? '';
      if (key.value === '<<' || key.value === '__proto__') fault = `the key ${key.value}`;
    },
  });
  if (fault !== undefined) return fault;
  const values = document.toJS() as Values;
  if (!validate(values)) return `the schema: ${JSON.stringify(validate.errors?.[0])}`;
  return referenceFault(values);
}

function referenceFault(values: Values): string | undefined {
  const { routes = {}, upstreams = {}, rollouts = {}, cohorts = {} } = values;
  const stageFault = (stage: string) => {
    const [word = '', ...rest] = stage.trim().split(/\s+/);
    if (word === 'canary' && rest.length === 0) return 'a canary for nobody';
    const unknown = rest.filter((part) => !part.endsWith('%')).find((part) => !Object.hasOwn(cohorts, part));
    return unknown === undefined ? undefined : `the cohort ${unknown}`;
  };
  for (const stage of Object.values(rollouts)) {
    const fault = stageFault(String(stage));
    if (fault) return fault;
  }
  for (const [name, entry] of Object.entries(routes)) {
    const route = entry as Readonly<Record<string, string>>;
    if (Object.hasOwn(rollouts, name)) return `${name} is a route and a rollout`;
    if (route.stage !== undefined && route.rollout !== undefined) return `${name} has a stage and a rollout`;
    if (route.rollout !== undefined && !Object.hasOwn(rollouts, route.rollout)) return `${name}'s rollout`;
    const upstream = route.upstream;
    if (upstream !== undefined && upstream !== 'legacy' && !Object.hasOwn(upstreams, upstream))
      return `${name}'s upstream`;
    const stage = String(route.rollout === undefined ? (route.stage ?? 'legacy') : rollouts[route.rollout]);
    const sides = [route.handler, route.upstream, route.redirect].filter((side) => side !== undefined);
    if (sides.length > 1) return `${name} has several new sides`;
    if (!/^(legacy|gone)/.test(stage) && sides.length === 0) return `${name} has no new side`;
    if (route.lock !== undefined && stage !== 'legacy') return `${name} is locked at ${stage}`;
    const fault = stageFault(stage);
    if (fault) return `${name}: ${fault}`;
  }
  return undefined;
}
