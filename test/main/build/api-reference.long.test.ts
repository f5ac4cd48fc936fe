import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiReference } from '../../../main/build/api-reference/reference-text.ts';

const folder = join(import.meta.dirname, '../../../core/implicit');
const shipped = readFileSync(join(folder, 'API.md'), 'utf8');

describe('the API reference of the toolkit', () => {
  it('is what `npm run api` makes of the docstrings', () => {
    expect(shipped === apiReference(folder), 'core/implicit/API.md is not current: run `npm run api`').toBe(
      true,
    );
  });

  it('explains every function that is exported', () => {
    const entries = shipped.split(/^### /m).slice(1);
    expect(entries.length).toBeGreaterThan(100);
    const silent = entries.filter((entry) => /```ts\nfunction /.test(entry) && !/```\n\n\S/.test(entry));
    expect(silent.map((entry) => entry.split('\n', 1)[0])).toEqual([]);
  });
});
