// Where the stage of a route stands.

/** A stage that is written anew stands after these, which say what the route is and who answers it. */
export const ROUTE_KEYS_BEFORE_STAGE = [
  'match',
  'also',
  'body',
  'when',
  'handler',
  'upstream',
  'redirect',
] as const;
