// What visitors see of WebSockets that go wrong at either end.
import { testEncounters } from './fault-server/encounter.ts';
import { tunnels } from './fault-server/kinds-of-tunnels.ts';

testEncounters('a WebSocket whose upstream', tunnels, {
  figure: 'Faults of WebSockets, at either end',
  demanded: 'no hung visitor, no byte lost or of another tunnel, nothing uncaught',
  soon: 'echoes and ends came',
});
