import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What every `*.bench.ts` exports by default: a subject, and a run that prints rows with their ratios. */
export interface Bench {
  readonly name: string;
  /** `given`: what the command line says after the names of benches. */
  run(given: readonly string[]): Promise<readonly string[]>;
}

/**
 * `npm run bench [-- NAME… [GIVEN…]]`: runs the benches whose file name contains one of the given words, one by one. The
 * first word that names none begins what the benches are given.
 */
async function main(all: readonly string[]): Promise<void> {
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.bench.ts')).sort();
  const isName = (word: string): boolean => files.some((file) => file.includes(word));
  const end = all.findIndex((word, i) => i > 0 && !isName(word));
  const words = end < 0 ? all : all.slice(0, end);
  const given = all.slice(words.length);
  const wanted = files.filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  if (wanted.length === 0) {
    console.error(`no bench is called ${words.join(', ')}; there are ${files.join(', ')}`);
    process.exitCode = 2;
  }
  for (const file of wanted) {
    const bench = (await import(pathToFileURL(path.join(import.meta.dirname, file)).href)) as {
      default: Bench;
    };
    console.log(`\n${bench.default.name}`);
    for (const row of await bench.default.run(given)) console.log(`  ${row}`);
  }
}

await main(process.argv.slice(2));
