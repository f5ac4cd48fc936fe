import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { explainPlanted } from './calibration/explain-planted.ts';
import { classesOf, plantedModels, type PlantedModel } from './calibration/planted-set.ts';
import type { Result } from './calibration/result.ts';
import { graded, rowsOf } from './calibration/tables.ts';
import type { Bench } from './run.ts';

/*
 * How right is the verdict? Explains every model of folders of models with known faults (models/planted/README.md says how
 * they are made) and compares.
 *
 *   npm run bench calibration -- DIR… [--only PATTERN] [--limit N] [--classes 1|2] [--out FOLDER] [--tables]
 *
 * `--only` takes models whose name the pattern fits, `--classes 1` the first class alone: of every model the one that carries
 * a cue. With `--out` the results are kept as lines of FOLDER/results.jsonl and what is there is not explained again;
 * `--tables` explains nothing and prints the tables of what is there.
 */

const OPTIONS = {
  only: { type: 'string', default: '' },
  limit: { type: 'string', default: 'Infinity' },
  classes: { type: 'string', default: '2' },
  out: { type: 'string' },
  tables: { type: 'boolean', default: false },
} as const;

const bench: Bench = {
  name: 'calibration: verdicts and shortcut flags against models with known faults',
  async run(given) {
    const { values, positionals } = parseArgs({
      args: [...given],
      options: OPTIONS,
      allowPositionals: true,
    });
    const file = values.out === undefined ? undefined : path.join(values.out, 'results.jsonl');
    const kept = file === undefined ? [] : await readResults(file);
    if (values.tables) return rowsOf(kept);
    if (positionals.length === 0)
      return ['no folder of planted models was given; see models/planted/README.md'];
    const sets = await Promise.all(positionals.map((folder) => plantedModels(folder)));
    const wanted = sets
      .flat()
      .filter(({ truth }) => new RegExp(values.only).test(truth.model))
      .slice(0, Number(values.limit));
    const results: Result[] = [];
    for (const model of wanted)
      for (const className of classesOf(model).slice(0, Number(values.classes)))
        results.push(
          kept.find((one) => isOf(one, model, className)) ?? (await explained(model, className, file)),
        );
    return rowsOf(results);
  },
};
export default bench;

function isOf(result: Result, { truth }: PlantedModel, className: string): boolean {
  return result.model === truth.model && result.class === className;
}

async function explained(model: PlantedModel, className: string, file?: string): Promise<Result> {
  const result = await explainPlanted(model, className);
  if (file !== undefined) {
    await mkdir(path.dirname(file), { recursive: true });
    await appendFile(file, `${JSON.stringify(result)}\n`);
  }
  const { run, problem } = result;
  console.error(
    `${result.model} ${className}: ${run ? `${graded(result)!.grade}, ${run.seconds.toFixed(0)} s` : problem}`,
  );
  return result;
}

/** One a class of a model: the last. */
async function readResults(file: string): Promise<Result[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as Result);
  return [...new Map(results.map((result) => [`${result.model} ${result.class}`, result])).values()];
}
