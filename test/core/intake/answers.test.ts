import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanImages } from '../../../core/images/folder-scan.ts';
import { describeModel, openModel, type ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { predict } from '../../../core/pipeline/stages/predictions.ts';
import { UNKEPT_ENTRY } from '../../../core/project/stage-entry.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import { classShares, labelsOf } from '../../../core/score/model-scores.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { expectationOf, intakeCases, intakeImages, type HeadExpectation } from './intake-cases.ts';

const environment = createNodeEnvironment();

/** Everything that a case says of its pictures, as the command line and a run are told it. */
async function answers(intake: ModelIntake) {
  const { images: files } = await scanImages(fileStorage, [intakeImages]);
  const device = await environment.openDevice('cpu');
  const rows = new Map<string, Float32Array>();
  const work = { environment, model: intake, device, files, signal: undefined, onProgress: () => undefined };
  const { predictions } = await predict(
    { ...work, entry: UNKEPT_ENTRY, options: {}, inputs: {} },
    { onScores: (file, scores) => rows.set(file, scores.slice()) },
  );
  return predictions.map(({ at, ...answer }) => ({
    name: path.relative(intakeImages, files[at].path).replaceAll('\\', '/'),
    answer,
    scores: rows.get(files[at].path)!,
  }));
}

const explained = intakeCases.filter(({ name }) => expectationOf(name).heads !== undefined);

describe.skipIf(!existsSync(intakeImages))('answers of the intake cases (in ../shared)', () => {
  it.each(explained.map((item) => [item.name, item] as const))(
    '%s: the output, what it asks, scores and probabilities',
    async (name, item) => {
      const { scoreOutput, heads, images, tolerance, isRefusedByRight } = expectationOf(name);
      const { choice } = await describeModel(fileStorage, item.file).catch((error: unknown) => {
        if (isRefusedByRight) return { choice: { kind: 'refused' as const } };
        throw error;
      });
      if (choice.kind === 'refused') return;
      const mustChoose = heads!.length > 1;
      expect(choice.kind).toBe(mustChoose ? 'ask' : 'chosen');
      if (choice.kind === 'chosen') expect(choice.scores.output).toBe(scoreOutput);
      if (choice.kind === 'ask') expect(choice.names).toEqual(heads!.map(({ output }) => output));
      for (const head of heads!) {
        const intake = await openModel(fileStorage, item.file, mustChoose ? { output: head.output } : {});
        const { task, activation, classes } = intake.scores;
        expect({ task, activation, classes }).toEqual({
          task: head.task,
          activation: head.activation,
          classes: head.classes ?? [],
        });
        if (images !== undefined) await compare(intake, head, mustChoose, images, tolerance!);
      }
    },
    60_000,
  );
});

async function compare(
  intake: ModelIntake,
  head: HeadExpectation,
  isOneOfSeveral: boolean,
  images: NonNullable<ReturnType<typeof expectationOf>['images']>,
  tolerance: number,
): Promise<void> {
  const found = await answers(intake);
  expect(found.map(({ name }) => name).sort()).toEqual(Object.keys(images).sort());
  for (const { name, answer, scores } of found) {
    const wanted = isOneOfSeveral ? images[name][head.output] : images[name];
    if (wanted.value !== undefined) {
      expect(Math.abs(answer.value! - wanted.value)).toBeLessThan(tolerance);
      continue;
    }
    if (wanted.logits === undefined) continue;
    expect([...scores]).toBeAllclose(wanted.logits, { atol: tolerance, rtol: 0 });
    expect(classShares(intake.scores, scores)).toBeAllclose(wanted.probabilities!, {
      atol: tolerance / 4,
      rtol: 0,
    });
    const { classes, task } = intake.scores;
    const said =
      task === 'multilabel'
        ? labelsOf(intake.scores, scores).map((index) => classes[index])
        : classes[answer.index];
    expect(said).toEqual(wanted.predicted);
  }
}
