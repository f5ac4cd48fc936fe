import { channelsOf } from '../concepts/latent-rows.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { TesseraError } from '../errors.ts';
import type { EvaluationLevel } from '../metrics/evaluation.ts';
import type { ModelScores } from '../score/model-scores.ts';
import type { Explained } from '../score/explained.ts';
import type { Question } from './question.ts';
import { scoredBy, type ScoredModel } from './scored-model.ts';
import { conceptsFor, isRefinable, sampleForBank, type BankSample, type SharedBank } from './shared-bank.ts';
import { openStages, type StageSetting, type Stages } from './stage-runner.ts';
import type { OpenedDevice } from './environment.ts';
import type { Prediction } from './prediction.ts';
import { imagesThatFit } from './refined-bank.ts';
import { bankStage } from './stages/bank.ts';
import { refitsStage } from './stages/refits.ts';

/** Whose activations a shared bank is made of. */
export type SharedSubject = Pick<Question, 'layer' | 'files'> & {
  readonly intake: ScoredModel;
  readonly device: OpenedDevice;
  readonly predictions: readonly Prediction[];
};

/**
 * The bank of all classes: rows of the sample's images, factorised once. It is kept in the project's cache under what it is
 * made of, whichever class is explained, so that the runs of one question have the same concepts. Where `refine` is wanted
 * and cannot be had (too few images, too many classes, a model without gradient) the bank is as it was found, and `warn` hears why.
 */
export async function openSharedBank(
  setting: StageSetting,
  { intake, device, layer, files, predictions }: SharedSubject,
  options: RunOptions,
): Promise<SharedBank> {
  const sample = sampleForBank(predictions, files, options.seed);
  const concepts =
    options.concepts === 'auto' ? conceptsFor(sample.classes.length, channelsOf(layer)) : options.concepts;
  const facts = { intake: whateverClass(intake), device, layer, images: sample.images, sharedBank: null };
  const made = async (refine: boolean) => {
    const stages = openStages(setting, facts, { ...options, concepts, refine });
    const bank = await stages.get(bankStage);
    return sharedBankOf(stages, stages.fingerprintOf(bankStage), bank, sample);
  };
  const unrefined = (why: string): Promise<SharedBank> => {
    setting.environment.warn?.(`The concepts of all classes are not refined: ${why}`);
    return made(false);
  };
  if (!options.refine) return made(false);
  if (!isRefinable(sample.classes.length, imagesThatFit(layer, concepts)))
    return unrefined(`for ${sample.classes.length} classes and ${concepts} concepts it takes too long.`);
  try {
    return await made(true);
  } catch (error) {
    if (!cannotRefine(error)) throw error;
    return unrefined(error.message);
  }
}

/** A shared bank is refined as a matter of course, which not every model and not every handful of images allows. */
function cannotRefine(error: unknown): error is TesseraError {
  const codes = ['bad-usage', 'unsupported-operator', 'not-differentiable'];
  return error instanceof TesseraError && codes.includes(error.code);
}

/** The bank of all classes that a finished run has, for what is asked of it later: nothing is computed until then. */
export function reopenSharedBank(
  setting: StageSetting,
  { intake, device, layer }: Omit<SharedSubject, 'files' | 'predictions'>,
  { fingerprint, bank, sample }: Pick<SharedBank, 'fingerprint' | 'bank' | 'sample'>,
  options: RunOptions,
): SharedBank {
  const facts = { intake: whateverClass(intake), device, layer, images: sample.images, sharedBank: null };
  const known = [{ stage: bankStage, fingerprint, value: bank }];
  return sharedBankOf(openStages(setting, facts, options, { known }), fingerprint, bank, sample);
}

function sharedBankOf(
  stages: Stages<'intake' | 'device' | 'layer' | 'images' | 'sharedBank'>,
  fingerprint: string,
  bank: SharedBank['bank'],
  sample: BankSample,
): SharedBank {
  const madeAgain = (level: EvaluationLevel) => stages.given({ evaluate: level }).get(refitsStage);
  return { fingerprint, bank, sample, madeAgain };
}

/** The model scored by a fixed class, so that what is stored is named alike for all of them. */
function whateverClass(intake: ScoredModel): ScoredModel {
  const explained = firstScore(intake.scores);
  return explained === undefined ? intake : scoredBy(intake, explained);
}

/** Undefined where it takes a reference to know: then there is one score alone. */
function firstScore({ task }: ModelScores): Explained | undefined {
  switch (task) {
    case 'multiclass':
      return { kind: 'class', index: 0 };
    case 'multilabel':
      return { kind: 'side', side: 1, label: 0 };
    case 'binary':
    case 'regression':
      return { kind: 'side', side: 1 };
    case 'embedding':
      return undefined;
  }
}
