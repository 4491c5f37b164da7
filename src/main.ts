#!/usr/bin/env node
// Process entry: reads the command line and runs a command.
import { createProgram } from './cli/program.ts';
import { endWithReader } from './cli/terminal.ts';

endWithReader();
await createProgram().parseAsync();
