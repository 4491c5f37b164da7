// No Docker engine is needed to see that docker-compose.yml, the Dockerfiles, the server's configuration and the
// code speak of the same images, ports, names and files.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { catalogue } from '../scripts/parts/catalogue.js';
import { environmentNames } from '../src/environment.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Build = string | { context: string; dockerfile?: string };
type Service = {
  image?: string;
  build?: Build;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
};

const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** Where an image is built: its context and its Dockerfile, both from the repository's top. */
const buildOf = (build: Build): { context: string; dockerfile: string } => {
  const { context, dockerfile = 'Dockerfile' } = typeof build === 'string' ? { context: build } : build;
  return { context, dockerfile: join(context, dockerfile) };
};

const builds = services.flatMap(([name, { build }]) =>
  build === undefined ? [] : [{ name, ...buildOf(build) }],
);

describe('services', () => {
  it('are the edge and the four that the bookshop runs on', () => {
    expect(Object.keys(compose.services)).toEqual(['edge', 'nginx', 'php-fpm', 'mariadb', 'memcached']);
  });

  it.each(['nginx', 'mariadb', 'memcached'])('%s has the image that npm start borrows', (name) => {
    expect(service(name).image).toBe(catalogue[name]?.docker?.image);
  });

  it('builds php-fpm as npm start does', () => {
    const { context, dockerfile } = buildOf(service('php-fpm').build ?? '');
    expect({ context, file: dockerfile }).toEqual(catalogue['php-fpm']?.docker?.build);
  });

  it.each(services)('%s starts only after what it needs is healthy', (_name, { depends_on = {} }) => {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect(service(needed).healthcheck).toBeDefined();
      expect(condition).toBe('service_healthy');
    }
  });
});

describe('healthchecks', () => {
  // Programs that the images are known to hold.
  const programs: Record<string, string> = {
    edge: 'node',
    nginx: 'curl',
    'php-fpm': 'php',
    mariadb: 'healthcheck.sh',
    memcached: 'bash',
  };

  it.each(services)('%s asks with a program that its image has', (name, { healthcheck }) => {
    expect(healthcheck?.test.slice(0, 2)).toEqual(['CMD', programs[name]]);
  });

  it.each([
    ['edge', 9901],
    ['nginx', 80],
    ['php-fpm', 9000],
    ['memcached', 11211],
  ])('%s is asked on the port it listens on', (name, port) => {
    expect(service(name).healthcheck?.test.join(' ')).toMatch(new RegExp(`\\b${port}\\b`));
  });

  it('asks nginx for a file that exists', () => {
    const [, path] = /127\.0\.0\.1:80\/(\S+)/.exec(service('nginx').healthcheck?.test.join(' ') ?? '') ?? [];
    expect(existsSync(join(root, 'legacy-fixtures/app', path ?? ''))).toBe(true);
  });
});

describe('environment', () => {
  const edge = service('edge').environment ?? {};

  it('names only what the edge reads', () => {
    expect(Object.keys(edge).filter((name) => !environmentNames.some((known) => known === name))).toEqual([]);
  });

  it("gives nginx exactly the template's variables", () => {
    const wanted = read('legacy-fixtures/nginx.conf.template').matchAll(/\$\{(\w+)\}/g);
    const names = new Set(Array.from(wanted, ([, name = '']) => name));
    expect(Object.keys(service('nginx').environment ?? {}).sort()).toEqual([...names].sort());
  });

  it('gives php-fpm every variable that its configuration and the bookshop read', () => {
    const files = ['php-fpm.conf', 'php.ini', 'app/includes/config.php'];
    const texts = files.map((file) => read(`legacy-fixtures/${file}`)).join('\n');
    const names = new Set(Array.from(texts.matchAll(/\b(BOOKSHOP_[A-Z_]+)\b/g), ([, name = '']) => name));
    expect(Object.keys(service('php-fpm').environment ?? {})).toEqual(expect.arrayContaining([...names]));
  });

  it('points the edge at services by their names and ports', () => {
    expect(edge.LEGACY_URL).toBe(`http://nginx:${service('nginx').environment?.BOOKSHOP_LISTEN}`);
    expect(edge.MYSQL_URL).toContain('@mariadb:3306/bookshop');
    expect(edge.MEMCACHE_URL).toBe('memcached://memcached:11211');
    expect(edge.SESSION_URL).toBe(`memcached://${service('php-fpm').environment?.BOOKSHOP_MEMCACHED}`);
    expect(service('nginx').environment?.BOOKSHOP_FPM).toBe('php-fpm:9000');
  });

  it('lets everybody use the one password', () => {
    const password = service('mariadb').environment?.MARIADB_PASSWORD ?? '';
    expect(service('php-fpm').environment?.BOOKSHOP_DB_PASSWORD).toBe(password);
    expect(edge.MYSQL_URL).toContain(`:${password}@`);
  });
});

describe('ports', () => {
  it('publishes the ports that the edge listens on, administration on loopback only', () => {
    expect(service('edge').ports).toEqual(['8000:8000', '127.0.0.1:9901:9901']);
    expect(service('edge').environment).toMatchObject({
      LISTEN: '0.0.0.0:8000',
      ADMIN_LISTEN: '0.0.0.0:9901',
    });
  });

  it('publishes nothing else', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual(['edge']);
  });
});

describe('volumes', () => {
  const mounts = services.flatMap(([name, { volumes = [] }]) =>
    volumes.map((mount) => {
      const [source = '', target = '', mode] = mount.split(':');
      return { name, source, target, mode };
    }),
  );

  it.each(mounts)('$name mounts $source, which exists', ({ source }) => {
    const known = source.startsWith('.') ? existsSync(join(root, source)) : source in compose.volumes;
    expect(known).toBe(true);
  });

  it.each(mounts.filter(({ source }) => source.startsWith('.')))(
    '$name cannot write to $source',
    ({ mode }) => {
      expect(mode).toBe('ro');
    },
  );

  it("mounts the directory of routes.yaml: a single file's mount never signals a change", () => {
    const mount = mounts.find(({ name }) => name === 'edge');
    expect(statSync(join(root, mount?.source ?? '')).isDirectory()).toBe(true);
    expect(service('edge').environment?.ROUTES).toBe(`${mount?.target}/routes.yaml`);
  });

  it("serves the bookshop from the folder that php-fpm's image holds it in", () => {
    const documents = service('nginx').environment?.BOOKSHOP_ROOT;
    expect(mounts).toContainEqual(expect.objectContaining({ name: 'nginx', target: documents }));
    expect(read('legacy-fixtures/docker/php/Dockerfile')).toContain(`COPY app ${documents}\n`);
  });
});

describe('Dockerfiles', () => {
  /** What a Dockerfile copies from its build context. */
  const copied = (dockerfile: string): string[] =>
    Array.from(read(dockerfile).matchAll(/^COPY (?!--from)(.+)$/gm), ([, words = '']) =>
      words.split(/\s+/).slice(0, -1),
    ).flat();

  it.each(builds)('$name: everything copied from the context exists', ({ context, dockerfile }) => {
    const sources = copied(dockerfile);
    expect(sources.filter((source) => !existsSync(join(root, context, source)))).toEqual([]);
    expect(sources).not.toEqual([]);
  });

  it('get from .dockerignore exactly what they copy', () => {
    const allowed = Array.from(read('.dockerignore').matchAll(/^!(.+)$/gm), ([, path]) => path);
    const sources = copied('Dockerfile').map((path) => path.replace('./', ''));
    expect(new Set(allowed)).toEqual(new Set(sources));
  });

  it('run the edge as an ordinary user, the way the package is built', () => {
    const text = read('Dockerfile');
    expect(text).toMatch(/^USER node$/m);
    expect(text).toContain('CMD ["node", "dist/main.js", "serve"]');
    expect(text).toContain(`HANDLERS=${service('edge').environment?.HANDLERS}`);
  });
});
