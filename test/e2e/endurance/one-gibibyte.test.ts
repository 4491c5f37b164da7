// A gibibyte up and a gibibyte down: what it takes of the edge's memory, and how fast it goes beside nginx.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from '../edge-process.ts';
import { figure, proving, record } from '../figures.ts';
import { workersOf } from '../visitor.ts';
import { download, type Transfer, upload } from './bulk.ts';
import { type BulkServers, startBulkServers } from './bulk-servers.ts';
import { watchGrowth } from './process-state.ts';

const MIB = 1024 * 1024;
const SIZE = figure(128, 1024);
const WARM_UP = 64;
const ROUNDS = figure(1, 5);
const ALLOWED = 48;
const SHARE_OF_NGINX = 0.5;

let servers: BulkServers;
let edge: Edge;

beforeAll(async () => {
  servers = await startBulkServers();
  edge = await startEdge({
    routes: 'routes: {}\n',
    environment: { LEGACY_URL: servers.url, ACCESS_LOG: 'off' },
  });
  for (const transfer of [download, upload]) {
    for (const url of [edge.url, servers.nginxUrl]) await transfer(url, WARM_UP);
  }
});
afterAll(async () => {
  await edge.stop();
  await servers.stop();
});

describe.each([
  ['download', download],
  ['upload', upload],
] as const)(`a %s of ${SIZE} MiB`, (what, transfer) => {
  it(`takes less than ${ALLOWED} MiB of memory`, async () => {
    const growth = watchGrowth([edge.pid, ...workersOf(edge.pid)]);
    const carried = await transfer(edge.url, SIZE);
    const grown = growth.stop();
    expect(carried).toMatchObject({ bytes: SIZE * MIB, right: true });
    expect(grown).toBeLessThan(ALLOWED);
    record({
      figure: `Memory for a ${what} of ${SIZE} MiB`,
      demanded: `every byte right, growth after warm-up under ${ALLOWED} MiB`,
      measured: `${carried.bytes} bytes ${carried.right ? 'right' : 'NOT right'}, ${grown.toFixed(1)} MiB`,
    });
  });

  it('goes through the edge and through nginx', { timeout: 600_000 }, async () => {
    const ways = { edge: edge.url, nginx: servers.nginxUrl, direct: servers.url };
    const rates = { edge: [] as number[], nginx: [] as number[], direct: [] as number[] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const way of ['nginx', 'edge', 'direct'] as const) {
        const carried: Transfer = await transfer(ways[way], SIZE);
        expect(carried).toMatchObject({ bytes: SIZE * MIB, right: true });
        rates[way].push(SIZE / carried.seconds);
      }
    }
    const [ours, theirs, direct] = [median(rates.edge), median(rates.nginx), median(rates.direct)];
    // How fast it goes is for `npm run prove`, on a machine that does little else.
    if (proving) expect(ours / theirs).toBeGreaterThanOrEqual(SHARE_OF_NGINX);
    record({
      figure: `Throughput of a ${what} of ${SIZE} MiB, beside nginx without buffering`,
      demanded: "at least half of nginx's in the same run",
      measured: `${Math.round((100 * ours) / theirs)}%: ${Math.round(ours)} MiB/s, nginx ${Math.round(theirs)}, without a proxy ${Math.round(direct)}`,
    });
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
