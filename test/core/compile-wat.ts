import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import wabt from 'wabt';

const core = path.join(import.meta.dirname, '../../core');
const FEATURES = { simd: true, threads: true, bulk_memory: true, relaxed_simd: true };

/** A sum with a product, of operands that are written with one level of parentheses within them at most. */
const OPERAND = String.raw`(\((?:[^()]|\([^()]*\))*\))`;
const MULTIPLY_ADD = new RegExp(
  String.raw`\(f32x4\.add\s+${OPERAND}\s+\(f32x4\.mul\s+${OPERAND}\s+${OPERAND}\)\)`,
  'g',
);

/** Text between the comments `{` and `}`, which is written for four vectors. */
const FOUR_VECTORS = /;; \{\n(.*?);; \}\n/s;

/** Repeats such text for three vectors, two and one, its functions $NAME named $NAME3, $NAME2 and $NAME1. */
function withNarrower(text: string): string {
  const four = FOUR_VECTORS.exec(text)?.[1] ?? '';
  const narrower = [3, 2, 1].map((vectors) => {
    const later = [0, 1, 2, 3]
      .slice(vectors)
      .map((index) => `[$][ab]${index}\\b|v128.*offset=${16 * index}\\b`);
    const names = new RegExp(later.join('|'));
    const lines = four.split('\n').filter((line) => !names.test(line));
    return lines.join('\n').replace(/\(func \$(\w+)/g, `(func $$$1${vectors}`);
  });
  return text.replace(FOUR_VECTORS, () => four + narrower.join(''));
}

/**
 * Holds NAME-bytes.ts to the text of NAME.wat, a path in core: `constant` is the bytes in base64, CONSTANT_FUSED those
 * with every sum of a product fused, where wanted. `--update` writes the file anew.
 */
export async function expectBytesOf(
  name: string,
  constant: string,
  { isAlsoFused = false } = {},
): Promise<void> {
  const text = withNarrower(await readFile(path.join(core, `${name}.wat`), 'utf8'));
  const { base } = path.parse(name);
  const constants = [`export const ${constant} =\n  '${await compiled(text)}';\n`];
  if (isAlsoFused) {
    const fused = text.replace(MULTIPLY_ADD, '(f32x4.relaxed_madd $2 $3 $1)');
    expect(fused).not.toContain('f32x4.mul');
    constants.push(`export const ${constant}_FUSED =\n  '${await compiled(fused)}';\n`);
  }
  const heading = `// Made from ${base}.wat by \`npx vitest run ${base} --update\`.\n`;
  await expect(heading + constants.join('')).toMatchFileSnapshot(path.join(core, `${name}-bytes.ts`));
}

async function compiled(text: string): Promise<string> {
  const parsed = (await wabt()).parseWat('kernel.wat', text, FEATURES);
  return Buffer.from(parsed.toBinary({}).buffer).toString('base64');
}
