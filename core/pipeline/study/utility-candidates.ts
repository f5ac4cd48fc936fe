import { TesseraError } from '../../errors.ts';
import { differenceHash } from '../../images/perceptual-hash.ts';
import { fitOf, toInputTensor } from '../../images/preprocessing.ts';
import { rowView } from '../../linalg/matrix.ts';
import { tensorMatrix } from '../../linalg/matrix-tensor.ts';
import type { OnProgress } from '../../platform.ts';
import type { Project } from '../../project/project-folder.ts';
import { runAnswer } from '../../score/decision.ts';
import type { Candidate } from '../../study/draw/draw-utility.ts';
import { shuffled, streamOf } from '../../study/stream.ts';
import { givenPictures } from '../given-pictures.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readPicture } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import type { SourceRun, TwoAnswers } from './study-runs.ts';

/** Pictures of either answer that are looked at: more than any study shows, and few enough to look at in a minute. */
const MOST_CANDIDATES = 300;

/** A picture of a run that a study may show. */
export interface RunCandidate extends Candidate {
  readonly file: FileFact & { readonly sha256: string };
}

/** Who hears of the work, and how it is stopped. */
export interface StudyWork {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pictures that a run was given and that are still what they were, with what the model says of them now, how sure it is, and
 * how they look. Of very many some are drawn by the seed, mistakes first where they are what is asked for.
 */
export async function utilityCandidates(
  project: Project,
  { run, scope }: SourceRun,
  answers: TwoAnswers,
  { seed, wantsMistakes }: { readonly seed: number; readonly wantsMistakes: boolean },
  { onProgress, signal }: StudyWork,
): Promise<RunCandidate[]> {
  const { intake, environment } = scope;
  const files = await looked(project, run, answers, { seed, wantsMistakes, score: intake.score });
  const { preprocessing } = intake.preprocessing;
  const { latent, head } = cutAt(intake, run.explanation.layer);
  const [toLayer, toScore] = [runnerFor(scope, latent), runnerFor(scope, head)];
  const found: RunCandidate[] = [];
  try {
    for (const [done, file] of files.entries()) {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'study-pictures', done, total: files.length });
      const picture = await readPicture(environment.codec, file, fitOf(preprocessing));
      if ('reason' in picture) continue;
      const activations = await toLayer.run(toInputTensor([picture], preprocessing));
      const read = answers.read(rowView(tensorMatrix(await toScore.run(activations)), 0));
      if (read === undefined || !Number.isFinite(read.margin)) continue;
      found.push({
        ...read,
        file: { ...file, sha256: picture.sha256 },
        isMistake: answers.isMistake(file.path, read.answer),
        look: { hash: differenceHash(picture), activations: unit(activations.data) },
      });
    }
  } finally {
    await toLayer.dispose();
    await toScore.dispose();
  }
  onProgress?.({ stage: 'study-pictures', done: files.length, total: files.length });
  return withoutCopies(found);
}

/** The files that are looked at, by what the model said of them in the run. */
async function looked(
  project: Project,
  run: SourceRun['run'],
  answers: TwoAnswers,
  asked: {
    readonly seed: number;
    readonly wantsMistakes: boolean;
    readonly score: SourceRun['scope']['intake']['score'];
  },
): Promise<FileFact[]> {
  const { pictures, others } = await givenPictures(project, run);
  if (others !== 'kept')
    throw new TesseraError(
      'bad-project',
      `The run "${run.id}" does not say what the model answered to the pictures that it did not explain.`,
      { hint: 'Run again with the same settings: that is then kept.' },
    );
  const random = streamOf(asked.seed, 'candidates');
  const sides: FileFact[][] = [[], []];
  const mistakes: FileFact[][] = [[], []];
  for (const { file, answer } of shuffled(pictures, random)) {
    const side = answers.sideOf(runAnswer(asked.score, answer).index);
    if (side === undefined) continue;
    const isFirst = asked.wantsMistakes && answers.isMistake(file.path, side) === true;
    (isFirst ? mistakes : sides)[side].push(file);
  }
  return [0, 1].flatMap((side) => [
    ...mistakes[side].slice(0, MOST_CANDIDATES),
    ...sides[side].slice(0, MOST_CANDIDATES),
  ]);
}

/** A file that lies in several folders is one picture. */
function withoutCopies(candidates: readonly RunCandidate[]): RunCandidate[] {
  return [...new Map(candidates.map((one) => [one.file.sha256, one])).values()];
}

function unit(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? values.map((value) => value / length) : values.slice();
}
