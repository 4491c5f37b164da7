// Whether PHP sees the visitor through the edge: address, https and host.
import { VISITOR } from './ask-probe.ts';
import { about, type Finding } from './finding.ts';

const { ok, warning, problem, skipped } = about('visitor');

type Seen = Readonly<Record<string, string | null>>;

/** Looks at what PHP saw of a request that said to be from VISITOR, by https, for `host`. */
export function lookAtVisitor(seen: Seen | undefined, throughEdge: boolean, host: string): Finding[] {
  if (!seen) return [skipped('address', 'Not looked at: no probe.')];
  if (!throughEdge)
    return [skipped('address', 'Not looked at: EDGE_URL is not set, legacy was asked itself.')];
  const isBelieved = seen.HTTP_X_FORWARDED_FOR?.split(',')[0]?.trim() === VISITOR;
  return [
    ...(isBelieved ? [] : [notBelieved(seen)]),
    address(seen, isBelieved),
    https(seen, isBelieved),
    hostSeen(seen, host),
  ];
}

/** Right for whoever is no proxy: then a visitor's own words are not to be believed. */
function notBelieved(seen: Seen): Finding {
  const us = seen.HTTP_X_FORWARDED_FOR ?? 'this machine';
  const text = `The edge does not believe what ${us} says of visitors (X-Forwarded-For was not passed on).`;
  return warning(
    'trusted',
    text,
    `If a load balancer speaks to the edge from ${us}, write TRUSTED_PROXIES=${us}`,
  );
}

function address(seen: Seen, isBelieved: boolean): Finding {
  const chain = seen.HTTP_X_FORWARDED_FOR;
  if (!chain) {
    const cure =
      'Let the server in front of PHP pass X-Forwarded-For on (nginx: fastcgi_pass_request_headers on).';
    return problem(
      'address',
      'PHP is told nothing of the visitor’s address: X-Forwarded-For does not arrive.',
      cure,
    );
  }
  if (isBelieved && seen.REMOTE_ADDR === VISITOR)
    return ok('address', "PHP sees the visitor's address in REMOTE_ADDR.");
  if (seen.REMOTE_ADDR === chain)
    return skipped(
      'address',
      `Cannot be told: REMOTE_ADDR is ${chain} in PHP, which doctor has, and perhaps the edge.`,
    );
  const text = `REMOTE_ADDR is ${seen.REMOTE_ADDR} in PHP; the visitor's address stands in X-Forwarded-For only.`;
  const cure = `nginx in front of PHP: set_real_ip_from ${seen.REMOTE_ADDR}; real_ip_header X-Forwarded-For; real_ip_recursive on;`;
  return warning('address', text, cure);
}

function https(seen: Seen, isBelieved: boolean): Finding {
  if (!isBelieved)
    return skipped('https', 'Not looked at: the edge does not believe that this request came by https.');
  if (seen.HTTPS && seen.HTTPS !== 'off') return ok('https', 'PHP knows of https from $_SERVER["HTTPS"].');
  if (seen.HTTP_X_FORWARDED_PROTO !== 'https')
    return problem(
      'https',
      'PHP is not told that the visitor came by https.',
      'Let X-Forwarded-Proto pass to PHP.',
    );
  const text = 'PHP is told of https by X-Forwarded-Proto; $_SERVER["HTTPS"] is not set.';
  return warning(
    'https',
    text,
    'nginx in front of PHP: map $http_x_forwarded_proto $https_on { https on; } and fastcgi_param HTTPS $https_on if_not_empty;',
  );
}

function hostSeen(seen: Seen, host: string): Finding {
  if (seen.HTTP_HOST === host) return ok('host', `PHP sees the visitor's Host, ${host}.`);
  const text = `PHP sees the Host ${seen.HTTP_HOST}, the visitor asked for ${host}.`;
  return problem(
    'host',
    text,
    'routes.yaml: upstreams: { legacy: { host: preserve } }, and no fixed HTTP_HOST in front of PHP.',
  );
}
