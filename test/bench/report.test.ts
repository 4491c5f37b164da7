// What the benchmark writes: tables, the chart, the page between its markers, the routes file, a profile's sums.
import { describe, expect, test } from 'vitest';
import { helpText, parseOptions, UsageError } from '../../bench/options.js';
import { allowedCores, parseCoreTime, parseMemory, parseStat } from '../../bench/proc.js';
import { byFunction, byPart } from '../../bench/profile/analyse.js';
import { drawChart } from '../../bench/report/chart.js';
import { insertFigures } from '../../bench/report/page.js';
import { asMarkdown, asText, demandTable, mainTable } from '../../bench/report/tables.js';
import { page } from '../../bench/servers/page.js';
import { caddyTable, haproxyTable, nginxTable, routesFile, table } from '../../bench/table.js';
import { loadRoutes } from '../../src/routes-file/load.ts';

const result = {
  name: 'banyan',
  title: 'Banyan',
  kind: 'forward' as const,
  version: '',
  medians: { cpu: 44.44, rps: 20_123.4, busy: 0.99, p50: 0.2, p99: 0.61, peak: 100 << 20 },
  ratios: { 'http-proxy': 0.6, nginx: 4.1, p99: 0.9 },
  spread: 0.02,
  notes: [],
};

describe('tables', () => {
  test('round to what can be told apart and leave a dash for what was not measured', () => {
    const [row] = mainTable([result]).rows;
    expect(row).toEqual(['Banyan', '44.4', '0.60', '4.10', '–', '20,123', '0.20', '0.61', '0.90', '100']);
  });

  test('mark a subject that could have done more', () => {
    const idle = { ...result, medians: { ...result.medians, busy: 0.6 } };
    expect(mainTable([idle]).rows[0]?.[5]).toBe('20,123+');
    const disturbed = { ...result, medians: { ...result.medians, busy: 0.6, foreign: 0.4 } };
    expect(mainTable([disturbed]).rows[0]?.[5]).toBe('20,123');
  });

  test('align for a terminal and keep their bars in Markdown', () => {
    const table = {
      head: ['', 'n'],
      rows: [
        ['a|b', '10'],
        ['c', '9'],
      ],
    };
    expect(asText(table)).toBe('      n\na|b  10\nc     9');
    expect(asMarkdown(table)).toBe('|  | n |\n|---|---:|\n| a\\|b | 10 |\n| c | 9 |');
  });

  test('say of each demand whether it is met', () => {
    const demands = [0.6, 0.7, undefined].map((measured) => ({ figure: 'f', limit: 0.65, measured }));
    expect(demandTable(demands).rows.map((row) => row[3])).toEqual(['met', 'not met', 'not measured']);
  });
});

describe('the chart', () => {
  test('draws a bar for each subject, in proportion, and escapes what it writes', () => {
    const bars = [
      { label: 'a & <b>', value: 100, ours: false },
      { label: 'Banyan', value: 50, ours: true },
    ];
    const svg = drawChart([{ title: 'CPU', bars }], 'who needs what');
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths[1]).toBeCloseTo((widths[0] ?? 0) * 2);
    expect(svg).toContain('a &amp; &lt;b>');
    expect(svg).toContain('aria-label="who needs what"');
  });
});

describe('the page', () => {
  const text = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';

  test('keeps what stands outside its markers', () => {
    const inserted = insertFigures(text, 'new');
    expect(inserted).toBe('before\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nafter\n');
    expect(insertFigures(inserted, 'new')).toBe(inserted);
  });

  test('without markers is an error', () => {
    expect(() => insertFigures('text', 'new')).toThrow('bench:begin');
  });
});

describe('options', () => {
  test('are read', () => {
    expect(parseOptions(['--quick', '--only', 'banyan,nginx', '--rounds', '2'])).toMatchObject({
      quick: true,
      only: ['banyan', 'nginx'],
      rounds: 2,
    });
  });

  test.each([[['--slow']], [['--rounds', '0']], [['--rate', 'fast']], [['banyan']]])(
    '%j is refused',
    (args) => {
      expect(() => parseOptions(args)).toThrow(UsageError);
    },
  );

  test('the help names every subject', () => {
    expect(helpText([{ name: 'banyan', title: 'Banyan' }])).toMatch(/^ {2}banyan {2}Banyan$/m);
  });
});

describe('/proc', () => {
  test('processor time is read past a name with spaces and parentheses', () => {
    const text = '42 (a ) b) S 7 40 40 0 -1 0 0 0 0 0 150 50 9 9 20 0 1 0 1 0 0';
    expect(parseStat(text)).toEqual({ pid: 42, parent: 7, group: 40, seconds: 2 });
  });

  test('memory, cores and the work of a core are read', () => {
    expect(parseMemory('Name: x\nVmHWM:\t  2048 kB\n', 'VmHWM')).toBe(2 << 20);
    expect(parseMemory('Name: x\n', 'VmHWM')).toBe(0);
    expect(allowedCores('Cpus_allowed_list:\t0-1,4\n')).toEqual([0, 1, 4]);
    expect(parseCoreTime('cpu  9 9\ncpu1 100 10 50 999 5 20 10 10 0 0\n', 1)).toBe(2);
  });
});

describe('a profile', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 5] },
      { id: 2, callFrame: frame('serve', 'file:///x/dist/edge/request.js', 9), children: [3] },
      { id: 3, callFrame: frame('dispatch', 'file:///x/node_modules/undici/lib/a.js'), children: [4] },
      { id: 4, callFrame: frame('serve', 'file:///x/dist/edge/request.js', 9) },
      { id: 5, callFrame: frame('(idle)') },
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [10, 20, 30, 1_000],
  };

  test('is summed by function, recursion once, idle time left out', () => {
    const [serve, dispatch] = byFunction(profile);
    expect(serve).toMatchObject({ name: 'serve', place: 'dist/edge/request.js:10', part: 'banyan: edge' });
    expect(serve?.self).toBeCloseTo(40 / 60);
    expect(serve?.total).toBeCloseTo(1);
    expect(dispatch?.total).toBeCloseTo(50 / 60);
  });

  test('is summed by part', () => {
    expect(byPart(byFunction(profile))[0]?.part).toBe('banyan: edge');
  });
});

describe('what is served', () => {
  test('the page is 2 KiB and fits between quotes in nginx.conf', () => {
    expect(Buffer.byteLength(page())).toBe(2_048);
    expect(page()).not.toMatch(/["$\\]/);
  });

  test('the routes file has 200 routes and no problems', () => {
    const result = loadRoutes(routesFile(), {
      file: 'routes.yaml',
      legacyUrl: 'http://127.0.0.1:1',
      variable: () => undefined,
    });
    expect(result.ok && result.spec.routes.length).toBe(200);
  });

  test('the others are given the same 200 routes', () => {
    const pages = table().filter(({ page }) => page !== undefined).length;
    const caddy = caddyTable('127.0.0.1:1');
    const globs = [...caddy.matchAll(/path (.*)/g)].flatMap(([, list]) => list?.split(' ') ?? []);
    expect(globs).toHaveLength(200 - pages + 1);
    expect(caddy.match(/page=page-\d+/g)).toHaveLength(pages);

    const { maps, locations } = nginxTable('legacy');
    expect(maps.match(/ page-\d+ legacy;/g)).toHaveLength(pages);
    expect(locations.match(/proxy_pass http:\/\/legacy;/g)).toHaveLength(200 - pages);

    const lines = haproxyTable('legacy');
    expect(lines.pages.match(/ legacy\n/g)).toHaveLength(pages);
    expect(lines.paths.match(/ legacy\n/g)).toHaveLength(200 - pages);
  });

  test('a route that is asked for stands in the middle of the table', () => {
    expect(table().findIndex(({ path }) => path === '/products/:id<int>')).toBe(98);
  });
});
