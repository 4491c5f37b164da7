// `banyan schema`: the JSON Schema of routes.yaml, for editors.
import type { Command } from 'commander';
import { routesJsonSchema } from '../routes-file/json-schema.ts';
import { print } from './terminal.ts';

const HELP = `
Editors complete keys and show what they mean once they know it:

  banyan schema > routes.schema.json
  # and as the first line of routes.yaml:
  # yaml-language-server: $schema=./routes.schema.json`;

/** Adds the command. */
export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description('Print the JSON Schema (draft-07) of routes.yaml, for editors.')
    .addHelpText('after', HELP)
    .action(() => print(routesJsonSchema()));
}
