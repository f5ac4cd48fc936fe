import { TesseraError } from '../../errors.ts';
import { truthFinder } from '../../images/folder-class.ts';
import { hashOfRun } from '../../project/run-hash.ts';
import { loadRun, type Project } from '../../project/project-folder.ts';
import { decide, decisionScores, isExplained } from '../../score/decision.ts';
import { notName } from '../../score/score.ts';
import type { StudyRun } from '../../study/study.ts';
import { unfinishedText, UNFINISHED_HINT } from '../../wording/unfinished-words.ts';
import type { FinishedRun } from '../bank-merges.ts';
import type { ScoredScope } from '../run-context.ts';
import { loadShownRun, type LoadedShown } from '../shown-run.ts';

/** A finished run that a study draws on, as it is shown, and its model. */
export interface SourceRun {
  readonly run: FinishedRun;
  readonly shown: LoadedShown;
  readonly scope: ScoredScope;
}

/** Opens the model that a run explains. */
export type OpenRunModel = (run: FinishedRun) => Promise<ScoredScope>;

/** Reads a run and opens its model. Throws 'bad-project' where it is not finished, 'unknown-name' where there is none. */
export async function openSourceRun(
  project: Project,
  id: string,
  openModel: OpenRunModel,
): Promise<SourceRun> {
  const run = await loadRun(project, id);
  const { explanation } = run;
  if (explanation === undefined)
    throw new TesseraError('bad-project', unfinishedText(`${id} of ${project.folder}`, 'make a study of'), {
      hint: UNFINISHED_HINT,
    });
  const finished = { ...run, explanation };
  return { run: finished, shown: await loadShownRun(project, finished), scope: await openModel(finished) };
}

/** What a study keeps of a run. */
export async function studyRunOf(
  project: Project,
  { run }: Pick<SourceRun, 'run'>,
  hasParts: boolean,
): Promise<StudyRun> {
  return {
    id: run.id,
    sha256: await hashOfRun(project, run.id, { hasParts }),
    className: run.explanation.className,
  };
}

/** The two answers that a utility study is about, and how they are told of a picture. */
export interface TwoAnswers {
  readonly names: readonly [string, string];
  /** By the index of the model's answer in its run; undefined for one that is neither. */
  sideOf(index: number): 0 | 1 | undefined;
  /** By a row of the model's columns: the answer, and how far ahead of the other it is, in raw score; undefined as above. */
  read(row: Float32Array): { readonly answer: 0 | 1; readonly margin: number } | undefined;
  /** Is the answer another than the folder of the file names? Null where the folder names nothing. */
  isMistake(path: string, answer: 0 | 1): boolean | null;
}

/** A class against everything else, by one run; or two classes, by a run each. Throws 'bad-usage' where runs do not go together. */
export function twoAnswers(runs: readonly SourceRun[]): TwoAnswers {
  if (runs.length === 2) return twoClasses(runs[0], runs[1]);
  if (runs.length === 1) return classOrNot(runs[0]);
  throw new TesseraError('bad-usage', `A utility study is about one run or two; got ${runs.length}.`, {
    hint: 'One run: its class against everything else. Two runs of one model: their classes.',
  });
}

function classOrNot({ scope: { intake }, run }: SourceRun): TwoAnswers {
  const { score } = intake;
  const { explained, names } = score;
  const sideOf = (index: number): 0 | 1 | undefined => {
    if (explained.kind === 'margin' && index !== explained.index && index !== explained.against)
      return undefined;
    return isExplained(score, index) ? 0 : 1;
  };
  return {
    names: answerNames(score, run.explanation.className),
    sideOf,
    read: (row) => {
      const answer = sideOf(decide(score, row));
      if (answer === undefined) return undefined;
      const values = decisionScores(score, row);
      const best = (side: 0 | 1): number =>
        values.reduce(
          (most, value, index) => (sideOf(index) === side ? Math.max(most, value) : most),
          -Infinity,
        );
      return { answer, margin: Math.abs(best(0) - best(1)) };
    },
    isMistake: mistakesBy(names, sideOf),
  };
}

function mistakesBy(names: readonly string[], sideOf: TwoAnswers['sideOf']): TwoAnswers['isMistake'] {
  const truth = truthFinder(names);
  return (path, answer) => {
    const index = truth({ path });
    return index === undefined ? null : sideOf(index) !== answer;
  };
}

function answerNames(
  { explained, names }: SourceRun['scope']['intake']['score'],
  own: string,
): [string, string] {
  switch (explained.kind) {
    case 'not':
      return [own, names[explained.index]];
    case 'margin':
      return [names[explained.index], names[explained.against]];
    case 'class':
      return [own, notName(own)];
    case 'side':
    case 'similarity':
      return [names[explained.side], names[1 - explained.side]];
  }
}

function twoClasses(a: SourceRun, b: SourceRun): TwoAnswers {
  const [first, second] = [a, b].map(({ run, scope }) => classIndexOf(run, scope));
  if (first === second)
    throw new TesseraError('bad-usage', `Both runs explain "${a.run.explanation.className}".`, {
      hint: 'Take runs of two classes, or one run for its class against everything else.',
    });
  const { score } = a.scope.intake;
  const sideOf = (index: number): 0 | 1 | undefined =>
    index === first ? 0 : index === second ? 1 : undefined;
  return {
    names: [a.run.explanation.className, b.run.explanation.className],
    sideOf,
    read: (row) => {
      const answer = sideOf(decide(score, row));
      return answer === undefined ? undefined : { answer, margin: Math.abs(row[first] - row[second]) };
    },
    isMistake: mistakesBy(score.names, sideOf),
  };
}

function classIndexOf(run: FinishedRun, { intake }: ScoredScope): number {
  const { explained } = intake.score;
  if (explained.kind === 'class') return explained.index;
  throw new TesseraError(
    'bad-usage',
    `The run "${run.id}" explains "${run.explanation.className}", not a class by itself, so that it does not go together with another run.`,
    { hint: 'Take this run alone, or two runs that explain a class each.' },
  );
}
