import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import wabt from 'wabt';

const source = path.join(import.meta.dirname, '../../../core/linalg');

/** Holds NAME-bytes.ts, where `constant` is the bytes in base64, to the text of NAME.wat; `--update` writes it anew. */
export async function expectBytesOf(name: string, constant: string): Promise<void> {
  const text = await readFile(path.join(source, `${name}.wat`), 'utf8');
  const parsed = (await wabt()).parseWat(`${name}.wat`, text, { simd: true });
  parsed.validate();
  const bytes = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const file =
    `// Made from ${name}.wat by \`npx vitest run ${name} --update\`.\n` +
    `export const ${constant} =\n  '${bytes}';\n`;
  await expect(file).toMatchFileSnapshot(path.join(source, `${name}-bytes.ts`));
}
