// The tables of docs/routes-yaml.md, made of the schema: between `<!-- keys: PATH -->` and `<!-- /keys -->`.
import { z } from 'zod';
import { keysAt } from '../../src/routes-file/schema-walk.ts';

const BLOCK = /(<!-- keys: (\S+) -->\n)[\s\S]*?(<!-- \/keys -->)/g;

/** Returns a page with the tables between its marks made anew. `/` is the file, `*` any name. */
export function withKeyTables(page: string): string {
  return page.replace(BLOCK, (_, open: string, path: string, close: string) => {
    return `${open}\n${keyTable(path)}\n${close}`;
  });
}

/** Returns the keys that stand in none of a page's tables, as paths. */
export function unexplainedKeys(page: string): readonly string[] {
  const paths = [...page.matchAll(BLOCK)].map(([, , path = '']) => path);
  const explained = new Set(paths.flatMap((path) => Object.values(shapeAt(path))));
  return allMappings().flatMap((path) =>
    Object.entries(shapeAt(path)).flatMap(([key, schema]) =>
      explained.has(schema) ? [] : [`${path === '/' ? '' : path}/${key}`],
    ),
  );
}

/** Returns the paths of all mappings that have keys of their own. */
function allMappings(path = '/'): readonly string[] {
  const keys = Object.keys(shapeAt(path));
  const below = keys.flatMap((key) => {
    const child = `${path === '/' ? '' : path}/${key}`;
    return [...allMappings(child), ...allMappings(`${child}/*`)];
  });
  return keys.length > 0 ? [path, ...below] : [];
}

function shapeAt(path: string) {
  return keysAt(path.split('/').filter((step) => step !== ''));
}

function keyTable(path: string): string {
  const rows = Object.entries(shapeAt(path)).map(([key, value]) => {
    const { description = '', default: fallback } = z.globalRegistry.get(value) ?? {};
    const isOptional = value._zod.optin === 'optional';
    const byDefault = fallback === undefined ? '' : `\`${fallback}\``;
    return `| \`${key}\` | ${isOptional ? byDefault : 'needed'} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| key | default | what it is |', '|---|---|---|', ...rows, ''].join('\n');
}
