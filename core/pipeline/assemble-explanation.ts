import type { Concept, CropRef, Explanation, ImageRecord } from '../concepts/explanation.ts';
import { strongestPlaces } from '../concepts/gallery.ts';
import { idOfRow } from '../concepts/recursion/concept-tree.ts';
import type { ClassImportance, ImageImportance } from '../concepts/importance.ts';
import type { RunOptions } from '../concepts/run-options.ts';
import { lazyList } from '../lazy-list.ts';
import { stackRows } from '../linalg/matrix.ts';
import { reconstructionError } from '../metrics/reconstruction.ts';
import type { Question } from './question.ts';
import { namedAnswer } from '../score/named-answer.ts';
import { scoreRecord } from '../score/score-record.ts';
import type { ScoredModel } from './scored-model.ts';
import type { SharedBank } from './shared-bank.ts';
import { rightAnswers } from '../images/folder-class.ts';
import type { ConceptBank } from './concept-bank.ts';
import type { ImageCoefficients } from './stages/coefficients.ts';
import type { Prediction } from './prediction.ts';
import type { Movement } from './stages/rest.ts';
import type { Predictions } from './stages/predictions.ts';
import type { ActivationRows } from './stages/rows.ts';

/** Crops kept for a concept's gallery. */
export const CROPS_KEPT = 60;

/** A concept is present in an image where its strongest coefficient reaches this share of its largest anywhere. */
export const PRESENT_FROM = 0.25;

/** Everything the stages of a run computed. */
export interface Findings {
  /** Of every image that was looked at, and of the explained ones. */
  readonly predictions: Predictions;
  readonly chosen: readonly Prediction[];
  readonly rows: ActivationRows;
  readonly bank: ConceptBank;
  readonly images: ImageCoefficients;
  readonly importances: readonly ImageImportance[];
  readonly importance: ClassImportance;
  readonly movement: Movement;
  /** Null where the concepts are those of the class alone. */
  readonly shared: SharedBank | null;
}

/** Puts the findings of a run into the form that project, report and window share. */
export function assembleExplanation(
  question: Omit<Question, 'intake'> & { readonly intake: ScoredModel },
  options: Pick<RunOptions, 'design' | 'samples'>,
  findings: Findings,
): Explanation {
  const { layer, intake, files } = question;
  const { score } = intake;
  const { predictions, rows, bank, images, importance, importances, movement, shared } = findings;
  const count = images.coefficients.length;
  return {
    classIndex: score.column,
    className: score.names[score.column],
    score: scoreRecord(score),
    layer,
    images: imageRecords(question, findings),
    concepts: rankedConcepts(findings),
    reconstruction: {
      ...reconstructionError(rows.activations, bank.coefficients, bank.conceptBank),
      agreement: images.agrees.reduce((sum, agrees) => sum + agrees, 0) / count,
    },
    factorization: {
      method: bank.method,
      status: bank.status,
      iterations: bank.iterations,
      rows: rows.activations.rows,
      ...(bank.conceptBank.active !== undefined && { kind: 'sparse', active: bank.conceptBank.active }),
      ...(shared && { shared: { bank: shared.fingerprint, classes: shared.sample.classes } }),
      ...(bank.refined && { refined: bank.refined }),
    },
    importance: {
      design: importance.method === 'exact' ? 'closed form' : options.design,
      samples: importance.method === 'exact' ? 0 : options.samples,
      replicates: importances[0].replicates.length,
      evaluations: importance.evaluations,
      method: importance.method,
      still: importances.filter(({ status }) => status === 'constant-output').length,
    },
    ...(movement.rest && { rest: movement.rest }),
    skipped: [...question.skipped, ...predictions.skipped],
    ...transparency(question, predictions),
    preprocessing: { source: intake.preprocessing.source, reason: intake.preprocessing.reason },
    given: predictions.predictions.length,
    answers: rightAnswers(
      intake.labels.names,
      predictions.predictions.map(({ at, index }) => ({ file: files[at], index })),
    ),
  };
}

function transparency(
  { intake }: Pick<Question, 'intake'>,
  { transparent }: Predictions,
): Pick<Explanation, 'transparent'> {
  const { alpha = 'white' } = intake.preprocessing.preprocessing;
  return transparent === 0 ? {} : { transparent: { images: transparent, alpha } };
}

function imageRecords(
  { intake, files }: Pick<Question, 'intake' | 'files'>,
  { chosen, images }: Findings,
): readonly ImageRecord[] {
  return lazyList(chosen.length, (image): ImageRecord => {
    const { at, ...answer } = chosen[image];
    return {
      file: files[at].path,
      predicted: namedAnswer(intake.labels.names, answer),
      logit: images.logits[image],
      reconstructedLogit: images.reconstructedLogits[image],
      agrees: images.agrees[image] === 1,
    };
  });
}

function rankedConcepts(findings: Findings): Concept[] {
  const { rows, bank, images, importance, shared } = findings;
  const { effects } = findings.movement;
  // Every place was looked at once more with the bank as it came out; those coefficients are what the run keeps.
  const coefficients = rows.isWhole ? stackRows(images.coefficients) : bank.coefficients;
  const galleries = strongestPlaces(coefficients, rows.places, CROPS_KEPT);
  return ranked(importance, galleries, prevalences(images.strengths)).map((concept, rank) => ({
    ...concept,
    id: idOfRow(importance.order[rank]),
    // Of a bank that other classes have too the name is that of the concept, not of its rank for one of them.
    name: `Concept ${(shared === null ? rank : importance.order[rank]) + 1}`,
    ...(effects && { effect: effects[importance.order[rank]] }),
  }));
}

/** What is known of each row of a bank, the most important first. */
export function ranked(
  { order, estimates, tiers }: Pick<ClassImportance, 'order' | 'estimates' | 'tiers'>,
  galleries: readonly (readonly CropRef[])[],
  prevalence: readonly number[],
): Omit<Concept, 'id' | 'name'>[] {
  return order.map((row) => ({
    importance: estimates[row],
    tier: tiers[row],
    prevalence: prevalence[row],
    crops: galleries[row],
  }));
}

/** Share of images in which each concept reaches {@link PRESENT_FROM} of its largest strength [r] in any, by concept. */
export function prevalences(strengths: readonly Float32Array[]): number[] {
  const largest = strengths[0].slice();
  for (const own of strengths)
    own.forEach((strength, concept) => (largest[concept] = Math.max(largest[concept], strength)));
  return Array.from(largest, (most, concept) => {
    const threshold = PRESENT_FROM * most;
    if (!(threshold > 0)) return 0;
    let present = 0;
    for (const own of strengths) if (own[concept] >= threshold) present++;
    return present / strengths.length;
  });
}
