import { matrix, type Matrix } from '../../../core/linalg/matrix.ts';
import { bestOfFew, imagesApart } from '../../../core/metrics/claims.ts';
import { confusionPairs } from '../../../core/metrics/confusion-pairs.ts';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import { FRONTIER_BOUNDS, frontierArgument, type Frontier } from '../../../core/metrics/frontier.ts';
import { hitRate } from '../../../core/metrics/hit-rate.ts';
import { outliers } from '../../../core/metrics/outlying-images.ts';
import { idOfRow, rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { judgedImages } from '../../../core/images/folder-class.ts';
import { strengthsOf } from '../../../core/pipeline/write-report.ts';
import { trustVerdict } from '../../../core/report/trust-verdict.ts';
import { fileNameOf } from '../../../core/wording/path-text.ts';
import type {
  ConceptEvaluation,
  ErrorAnalysis,
  EvaluationFigures,
  FrontierView,
  NamedClass,
  PointedImage,
  RunEvaluation,
} from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { OpenedRun } from './opened-runs.ts';
import { shortcutItem } from './shortcut-item.ts';

/** Images shown of a confusion or of a concept's outliers. */
const IMAGES_SHOWN = 8;
/** Concepts shown of a confusion. */
const CONCEPTS_SHOWN = 3;

/** The verdict on a run and the figures behind it, as views show them. */
export function evaluationView(project: string, { run }: OpenedRun, evaluation?: Evaluation): RunEvaluation {
  // What was checked are the concepts as the run found them.
  const { explanation } = run;
  const { grade, headline, advice, claims, reasons, cautions, shortcuts, searched, lights, rule } =
    trustVerdict(explanation, evaluation);
  return {
    project,
    runId: run.id,
    trust: {
      grade,
      headline,
      advice,
      reasons,
      cautions,
      shortcuts: shortcuts.map(shortcutItem),
      searched,
      rule,
      claims: claims.map(({ id, grade: level, name, reason, next, setup }) => ({
        ...{ id, level, name, reason, next },
        setup: setup ?? null,
      })),
      lamps: lights.map(({ value, ...light }) => ({ ...light, value: value ?? null })),
    },
    figures: evaluation === undefined ? null : figuresOf(explanation, evaluation),
  };
}

function figuresOf(
  { concepts, images: explained }: OpenedRun['explanation'],
  evaluation: Evaluation,
): EvaluationFigures {
  const { level, images, deletion, insertion, noGradient, muFidelity, stability, rank, frontier } =
    evaluation;
  const { mean, unmatched, seeds, bootstraps } = stability;
  const isFoundAgainKnown = bestOfFew(imagesApart(explained.map(({ logit }) => logit))) !== 'unknown';
  return {
    level,
    images,
    deletion,
    insertion,
    noGradient: noGradient ?? null,
    muFidelity: {
      mean: muFidelity.mean ?? null,
      interval: muFidelity.interval ?? null,
      images: muFidelity.images,
    },
    stability: { mean, unmatched: unmatched ?? null, seeds, bootstraps },
    concepts: concepts.map(({ id }) => conceptEvaluation(id, evaluation, isFoundAgainKnown)),
    rank: rank ?? null,
    frontier: frontier ? frontierView(frontier) : null,
  };
}

/** Layers compared, with the bounds and the rule that the views tell. */
export function frontierView(frontier: Frontier): FrontierView {
  return { ...frontier, bounds: FRONTIER_BOUNDS, argument: frontierArgument(frontier.points) };
}

function conceptEvaluation(
  concept: string,
  { stability, sparsity, collinearity }: Evaluation,
  isFoundAgainKnown: boolean,
): ConceptEvaluation {
  const column = rowOfId(concept);
  const { mean, min } = stability.concepts[column];
  const { hoyer, kurtosis } = sparsity[column];
  return {
    concept,
    reliability: isFoundAgainKnown ? mean : null,
    worst: isFoundAgainKnown ? min : null,
    hoyer: hoyer ?? null,
    kurtosis: kurtosis ?? null,
    isDead: collinearity.dead.includes(column),
    twins: collinearity.pairs
      .filter(({ first, second }) => first === column || second === column)
      .map(({ first, second, cosine }) => ({ concept: idOfRow(first === column ? second : first), cosine })),
  };
}

/** What the mistakes of a run have in common, and its unusual images. */
export function errorAnalysis(question: RunQuestion, opened: OpenedRun): ErrorAnalysis {
  const { explanation, strengths: byImage, names } = opened;
  const ids = explanation.concepts.map(({ id }) => id);
  const strengths = strengthsOf(explanation, byImage);
  const judged = judgedImages(
    names,
    explanation.images.map(({ file, predicted }) => ({ path: file, index: predicted.index })),
  );
  const named = (index: number): NamedClass => ({ index, name: names[index] ?? `class ${index}` });
  const pointed = (image: number): PointedImage => ({
    image,
    fileName: fileNameOf(explanation.images[image].file),
    picture: pictureId({ kind: 'image', project: question.key, run: question.runId, image }),
  });
  const { known, hits } = hitRate(judged, names.length);
  const pairs = confusionPairs(judged, matrixOf(ids.map((id) => strengths[id])));
  return {
    known,
    hits,
    pairs: pairs.map(({ truth, predicted, images, reference, referenceImages, differences }) => ({
      truth: named(truth),
      predicted: named(predicted),
      count: images.length,
      images: images.slice(0, IMAGES_SHOWN).map(pointed),
      reference,
      referenceImages,
      differences: differences
        .slice(0, CONCEPTS_SHOWN)
        .map(({ concept, difference }) => ({ concept: ids[concept], difference })),
    })),
    outliers: ids.flatMap((concept) => {
      const found = outliers(strengths[concept]);
      const images = found.slice(0, IMAGES_SHOWN).map(({ image, score }) => ({ ...pointed(image), score }));
      return found.length === 0 ? [] : [{ concept, count: found.length, images }];
    }),
  };
}

/** One list a concept -> one row an image. */
function matrixOf(columns: readonly (readonly number[])[]): Matrix {
  const rows = columns[0]?.length ?? 0;
  const out = matrix(rows, columns.length);
  columns.forEach((column, c) =>
    column.forEach((value, row) => (out.data[row * columns.length + c] = value)),
  );
  return out;
}
