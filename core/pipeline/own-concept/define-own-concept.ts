import { directionOf, inUnits, type OwnDirection } from '../../concepts/own/own-direction.ts';
import type { OwnConcept, OwnDefinition } from '../../concepts/own/own-concept.ts';
import type { SkippedFile } from '../../concepts/explanation.ts';
import { TesseraError } from '../../errors.ts';
import { matrix, stackRows, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { openProbes, type Probes } from '../../metrics/linear-probe.ts';
import { compareWithRandomSets, RANDOM_SETS } from '../../metrics/random-sets.ts';
import type { FinishedRun } from '../bank-merges.ts';
import { runBoxes } from '../run-boxes.ts';
import type { ScoredScope, WorkScope } from '../run-context.ts';
import {
  findExamples,
  requireEnough,
  requireOthers,
  type ExampleSets,
  type OwnConceptQuestion,
} from './examples.ts';
import { pooledRows } from './pooled-rows.ts';
import { runPreprocessing } from '../run-preprocessing.ts';

/**
 * Rows are in units of their scatter. So strong a regularisation keeps the direction near the difference of the means: one
 * that separates a few examples better leans on channels in which the concept is not, and takes less of it away. On the
 * demo's stamp (24 painted scenes, its own concepts of importance 57 and 9 %): C = 10 gives a cosine of 0.75 with what the
 * run found and an importance of 5 %, C = 1 0.84 and 29 %, C = 0.1 0.91 and 54 %, C = 0.01 0.93 and 55 %.
 */
const PROBE = { isBalanced: true, c: 0.1 } as const;

/** A direction of a person's examples, without an id. */
export interface FoundDirection {
  readonly concept: OwnDefinition;
  readonly direction: OwnDirection;
  /** [sets + 1, p] Weights of the probes: of the examples, then of the random sets. */
  readonly probes: Matrix;
  readonly skipped: readonly SkippedFile[];
}

/** Examples that are to become a direction, and how many steps that takes. */
export interface SoughtDirection {
  readonly steps: number;
  find(onDone: (count: number) => void): Promise<FoundDirection>;
}

/**
 * Looks for the examples of an own concept in a finished run; `find` fits a direction to them, a linear probe, and says how well
 * it tells them from other pictures and how far random sets do.
 *
 * Throws   TesseraError 'bad-usage' and 'no-images' as {@link findExamples}; the signal's reason when aborted.
 * Source   Kim et al. 2018 (TCAV).
 */
export async function seekDirection(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  question: OwnConceptQuestion,
): Promise<SoughtDirection> {
  const { project } = scope;
  const preprocessing = runPreprocessing(project, run);
  const sets = await findExamples(project, run, question, runBoxes(run.explanation, run, preprocessing));
  return {
    steps: sets.examples.length + sets.others.length + RANDOM_SETS,
    find: (onDone) => foundDirection(scope, run, question, sets, onDone),
  };
}

async function foundDirection(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  question: OwnConceptQuestion,
  sets: ExampleSets,
  onDone: (count: number) => void,
): Promise<FoundDirection> {
  const { project } = scope;
  const fitted = await fitDirection(scope, run, question, sets, onDone);
  const weights: Float64Array[] = [];
  const compared = await compareWithRandomSets(fitted.probes, fitted, {
    seed: run.options.seed,
    ...PROBE,
    // The event that stops the work comes through the same thread.
    pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
    onProgress: ({ done }) => {
      if (done > 0) onDone(1);
    },
    // What runs make of them comes later: here they are only kept.
    scoreOf: (own) => weights.push(own),
    ...(scope.signal && { signal: scope.signal }),
  });
  const { folder } = question.examples;
  return {
    concept: {
      name: question.name,
      madeIn: run.id,
      examples: fitted.examples,
      ...(folder !== undefined && { folder: project.storage.resolve(folder) }),
      others: {
        count: fitted.others,
        from: sets.othersFrom,
        ...(question.against !== undefined && { folder: project.storage.resolve(question.against) }),
      },
      accuracy: compared.accuracy,
      sets: compared.sets,
    },
    direction: { direction: fitted.direction, border: fitted.border, usual: fitted.usual },
    probes: stacked(weights),
    skipped: [...sets.skipped, ...fitted.skipped],
  };
}

function stacked(weights: readonly Float64Array[]): Matrix {
  const out = matrix(weights.length, weights[0].length);
  weights.forEach((own, row) => out.data.set(own, row * out.cols));
  return out;
}

interface Fitted extends OwnDirection {
  readonly probes: Probes;
  readonly labels: readonly number[];
  readonly groups: readonly number[];
  readonly examples: OwnConcept['examples'];
  readonly others: number;
  readonly skipped: readonly SkippedFile[];
}

async function fitDirection(
  scope: ScoredScope & WorkScope,
  run: FinishedRun,
  { name, against }: OwnConceptQuestion,
  sets: ExampleSets,
  onDone: (count: number) => void,
): Promise<Fitted> {
  const work = { onDone, ...(scope.signal && { signal: scope.signal }) };
  const { layer } = run.explanation;
  const shown = await pooledRows(scope, layer, sets.examples, work);
  refuseUnreadable(name, shown.places.length, shown.skipped);
  requireEnough(name, shown.places);
  const other = await pooledRows(scope, layer, sets.others, work);
  requireOthers(name, other.places, against);
  const places = [...shown.places, ...other.places];
  const { rows, unit } = inUnits(stackRows([shown.rows!, other.rows!]));
  const labels = places.map((_, at) => Number(at < shown.places.length));
  const probes = openProbes(rows);
  const contents = new Map<string, number>();
  const groups = places.map(({ file }) => {
    const content = file.stamp.sha256 ?? file.path;
    if (!contents.has(content)) contents.set(content, contents.size);
    return contents.get(content)!;
  });
  return {
    ...directionOf(
      probes.fit([...labels.keys()], labels, PROBE),
      unit,
      takeRows(rows, [...labels.keys()].slice(shown.places.length)),
    ),
    ...{ probes, labels, groups },
    examples: shown.places.map(({ file, box }) => ({
      file: file.path,
      sha256: file.stamp.sha256 ?? '',
      ...(box && { box }),
    })),
    others: other.places.length,
    skipped: [...shown.skipped, ...other.skipped],
  };
}

function refuseUnreadable(name: string, readable: number, skipped: readonly SkippedFile[]): void {
  if (readable > 0) return;
  const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`);
  throw new TesseraError(
    'no-images',
    `None of the examples of "${name}" can be read: ${reasons.join('; ')}.`,
    {
      hint: 'Give pictures that can be read.',
    },
  );
}
