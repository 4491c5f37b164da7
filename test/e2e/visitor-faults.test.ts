// What visitors do to the edge: they leave, stall, break their requests, and send several at once.
import { testEncounters } from './fault-server/encounter.ts';
import { visits } from './fault-server/kinds-of-visits.ts';

testEncounters('a visitor who', visits, {
  figure: 'Faults of visitors',
  demanded: 'upstreams freed at once, nobody else disturbed, nothing uncaught',
  soon: 'after the request had come, upstreams were freed of visitors who left',
});
