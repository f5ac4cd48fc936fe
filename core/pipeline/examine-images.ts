import { parseRunOptions } from '../concepts/parse-run-options.ts';
import { meanIndices } from '../concepts/importance.ts';
import type { Explanation } from '../concepts/explanation.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import type { RunFile } from '../project/schema.ts';
import { knownBank } from './known-bank.ts';
import type { FileFact } from './question.ts';
import type { ScoredScope } from './run-context.ts';
import { openStages, type StageSetting } from './stage-runner.ts';
import { coefficientsStage, type ImageCoefficients } from './stages/coefficients.ts';
import { importanceStage } from './stages/importance.ts';

/** A finished run whose concepts are looked for in more pictures. */
export interface ExaminedRun {
  readonly run: RunFile;
  readonly explanation: Explanation;
  /** W [r, p]. */
  readonly conceptBank: CodedBank;
}

/** Stages of a finished run, asked about pictures that it was given and did not explain. */
export interface ImageExamination {
  /** How much of each concept is in the pictures, and what the class score is from them alone. */
  coefficients(): Promise<ImageCoefficients>;
  /** Total Sobol index of each concept (column of the bank) [r] in each picture, with the run's own design. */
  importance(): Promise<Float64Array[]>;
}

/**
 * Looks for the concepts of a finished run in further pictures, exactly as the run did in its own: the same bank, the
 * same exact NNLS, the same design. What is found is kept in the project's cache by the pictures' content, which their
 * stamps must tell.
 *
 * Rejects with 'bad-image' when a picture cannot be read or is no longer what its stamp says.
 */
export function examineImages(
  setting: Omit<StageSetting, 'environment'>,
  { intake, device, environment }: ScoredScope,
  { run, explanation, conceptBank }: ExaminedRun,
  images: readonly FileFact[],
): ImageExamination {
  const { layer, classIndex } = explanation;
  const stages = openStages(
    { ...setting, environment },
    { intake, device, layer, classIndex, images, sharedBank: null },
    parseRunOptions(run.options, run.schemaVersion),
    { known: [knownBank(environment.storage, { run, conceptBank }, images)] },
  );
  return {
    coefficients: () => stages.get(coefficientsStage),
    importance: async () => (await stages.get(importanceStage)).map(meanIndices),
  };
}
