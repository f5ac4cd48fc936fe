import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What every `*.bench.ts` exports by default: a subject, and a run that prints rows with their ratios. */
export interface Bench {
  readonly name: string;
  run(): Promise<readonly string[]>;
}

/** `npm run bench [-- NAME…]`: runs the benches whose file name contains one of the given words, one by one. */
async function main(words: readonly string[]): Promise<void> {
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.bench.ts')).sort();
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
    for (const row of await bench.default.run()) console.log(`  ${row}`);
  }
}

await main(process.argv.slice(2));
