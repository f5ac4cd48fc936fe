import type { RunOptions } from '../../concepts/run-options.ts';
import { entryName } from '../../project/stage-entry.ts';
import { CHUNK } from '../chunked.ts';
import { chooseImages, type ChosenImages } from '../chosen-images.ts';
import { passOverImages } from '../image-pass.ts';
import type { Question } from '../question.ts';
import type { WorkScope } from '../run-context.ts';
import { NO_SHARE, PiecesMissing, type Share } from '../share.ts';
import { openStages, type Stages } from '../stage-runner.ts';
import { bankStage, storedBank } from '../stages/bank.ts';
import { coefficientsStage } from '../stages/coefficients.ts';
import { predictionsStage } from '../stages/predictions.ts';
import { imagesOfRows, rowsStage } from '../stages/rows.ts';
import type { ShardStage } from '../../project/work-plan.ts';

/** A stage as its shares are kept: where, in how many pieces. */
export interface SharedStage {
  /** Name of the folder of the cache that its pieces lie in. */
  readonly folder: string;
  readonly pieces: number;
}

/** A run whose pictures several processes share. */
export interface ShardedRun {
  /**
   * Computes the share's own pieces of a stage; those that are stored are skipped. `onStage` hears where they are kept, before
   * the first. Throws {@link PiecesMissing} where what the stage rests on is not there yet.
   */
  work(stage: ShardStage, onStage: (stage: SharedStage) => Promise<void>): Promise<void>;
  /** Computes what lies between a stage and the next one; throws {@link PiecesMissing} while pieces of the stage are missing. */
  merge(stage: ShardStage): Promise<SharedStage>;
}

/**
 * Opens a run for one of the processes that share it. All that they have in common are the stored pieces: a share is computed
 * by the code, in the chunks and with the seeds of an undivided run, so that the result is the same in every byte, whoever
 * computed what.
 */
export function openShardedRun(
  scope: WorkScope,
  question: Question,
  options: RunOptions,
  share: Share = NO_SHARE,
): ShardedRun {
  const { device } = scope;
  const { intake: model, layer, files } = question;
  const shared = { ...scope, share };
  const open = openStages(shared, { model, device, files, layer }, options);
  let chosen: Promise<ChosenImages> | undefined;
  const choose = async (): Promise<ChosenImages> => {
    chosen ??= chooseImages(shared, question, options, open);
    try {
      return await chosen;
    } catch (error) {
      chosen = undefined;
      throw error;
    }
  };
  const placeOf = (
    stages: Pick<Stages<never>, 'fingerprintOf'>,
    stage: typeof predictionsStage | typeof rowsStage | typeof coefficientsStage,
    images: number,
  ): SharedStage => ({
    folder: entryName(stage.name, stages.fingerprintOf(stage)),
    pieces: Math.ceil(images / CHUNK),
  });
  const subject = async (found: ChosenImages) => {
    const bank = await storedBank(await found.stages.entryOf(bankStage), options);
    if (bank === undefined) throw new PiecesMissing('bank', [0], 1);
    const { intake, images, classIndex } = found;
    return { ...shared, intake, layer, images, classIndex, options, conceptBank: bank.conceptBank };
  };
  return {
    async work(stage, onStage) {
      if (stage === 'predictions') {
        await onStage(placeOf(open, predictionsStage, files.length));
        return void (await open.fill(predictionsStage));
      }
      const found = await choose();
      const { stages, images } = found;
      if (stage === 'rows') {
        await onStage(placeOf(stages, rowsStage, imagesOfRows(images.length, layer)));
        return void (await stages.fill(rowsStage));
      }
      const wanted = await subject(found);
      await onStage(placeOf(stages, coefficientsStage, images.length));
      await orMissing(passOverImages(stages, { ...wanted, share: { ...share, fills: true } }));
    },
    async merge(stage) {
      const found = await choose();
      const { stages, images } = found;
      if (stage === 'predictions') return placeOf(stages, predictionsStage, files.length);
      if (stage === 'rows') {
        await stages.get(bankStage);
        return placeOf(stages, rowsStage, imagesOfRows(images.length, layer));
      }
      await passOverImages(stages, await subject(found));
      return placeOf(stages, coefficientsStage, images.length);
    },
  };
}

/** What is missing when a share is done is for others to compute. */
async function orMissing(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof PiecesMissing)) throw error;
  });
}
