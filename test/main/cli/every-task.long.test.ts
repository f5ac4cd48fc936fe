import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectationOf, intakeCases, intakeImages } from '../../core/intake/intake-cases.ts';
import { temporaryFolder } from './colour-case.ts';
import { finishedRun } from './finished-run.ts';
import { tessera } from './run-tessera.ts';

/** What of a case is explained, and the score that an image then has, by the raw scores that the case tells. */
const TASKS: readonly {
  readonly name: string;
  readonly argv: readonly string[];
  readonly score: (logits: readonly number[]) => number;
  readonly images?: number;
}[] = [
  { name: 'binary_logit', argv: ['--class', 'circle'], score: ([z]) => z },
  { name: 'binary_sigmoid', argv: ['--class', 'not circle'], score: ([z]) => -z },
  { name: 'two_class_softmax', argv: ['--class', 'circle'], score: ([, z]) => z },
  { name: 'multilabel_sigmoid', argv: ['--class', 'large'], score: ([, z]) => z },
  { name: 'softmax_end', argv: ['--class', 'circle', '--against', 'square'], score: ([a, b]) => a - b },
  { name: 'regression', argv: [], score: ([value]) => value, images: 24 },
];

describe.skipIf(intakeCases.length === 0)('a run of every task (cases in ../shared)', () => {
  it.each(TASKS.map((task) => [`${task.name} ${task.argv.join(' ')}`, task] as const))(
    '%s: its record has the scores and answers of the model',
    async (_, { name, argv, score, images }) => {
      const out = path.join(await temporaryFolder(), 'run.tessera');
      const model = intakeCases.find((item) => item.name === name)!.file;
      const tiny = ['--concepts', '3', '--samples', '8', '--replicates', '1', '--evaluate', 'none'];
      const given = ['--model', model, '--images', intakeImages, ...argv, ...tiny, '--out', out];
      const { code, stderr } = await tessera('explain', ...given);
      expect(code, stderr).toBe(0);
      const run = await finishedRun(out);
      const { images: wanted, tolerance } = expectationOf(name);
      const found = run.explanation.images;
      expect(found.length).toBeGreaterThan(0);
      if (images !== undefined) expect(found).toHaveLength(images);
      for (const { file, logit, predicted } of found) {
        const right = wanted![path.relative(intakeImages, file).replaceAll('\\', '/')];
        const raw = right.logits ?? [right.value!];
        expect(Math.abs(logit - score(raw))).toBeLessThan(tolerance! * 2);
        if (right.value !== undefined)
          expect(Math.abs(predicted.value! - right.value)).toBeLessThan(tolerance! * 2);
        else if (name !== 'multilabel_sigmoid') expect(predicted.name).toBe(right.predicted);
      }
    },
    120_000,
  );
});
