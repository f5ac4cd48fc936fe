import path from 'node:path';
import type { AblatedImage } from '../../../core/concepts/ablation-head.ts';
import { checkFactors, unchangedFactors } from '../../../core/concepts/ablation.ts';
import { changeOfDecisions } from '../../../core/concepts/changed-decisions.ts';
import { counterfactual } from '../../../core/concepts/counterfactual.ts';
import { spread } from '../../../core/concepts/merged-concepts.ts';
import { matrix, rowView } from '../../../core/linalg/matrix.ts';
import type { Ablator } from '../../../core/pipeline/ablator.ts';
import { requireSameImages } from '../../../core/pipeline/input-changes.ts';
import type { Answer } from '../../../core/score/model-scores.ts';
import { namedAnswer } from '../../../core/score/named-answer.ts';
import { answerIn, decisionScores, isExplained, probabilities } from '../../../core/score/decision.ts';
import type { Score } from '../../../core/score/score.ts';
import { decisionImage } from '../../../core/concepts/decision-image.ts';
import type { ClassName, ClassScore, ConceptFactors, ImageAblation } from '../../api/contract.ts';
import { expectedClasses } from '../expected-class.ts';
import { pictureId } from '../picture-ids.ts';
import type { AblatedPicture, RunQuestion } from '../protocol.ts';
import { ablatedImage, type WithAblator } from './ablators.ts';
import type { JobContext, Jobs } from './job-context.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { REST } from '../../../core/wording/claim-words.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

/** Classes shown of an image, and changed images listed of a run. */
const TOP = 5;
const LISTED = 200;

/** Jobs that scale the concepts of a run's images. */
export function ablationJobs(
  openRun: OpenRun,
  withAblator: WithAblator,
): Jobs<'ablateImage' | 'findCounterfactual' | 'ablateRun' | 'dependence'> {
  const known = new WeakMap<OpenedRun, readonly number[]>();
  return {
    async ablateImage({ image, factors, ...question }) {
      const opened = await openRun(question);
      return withAblator(opened, async (ablator, { score }) => {
        const own = await ablatedImage(opened, ablator, image);
        return imageAblation(own, factorsOf(opened, factors), score, fileOf(opened, image));
      });
    },

    async findCounterfactual({ image, target, ...question }, { signal }) {
      const opened = await openRun(question);
      return withAblator(opened, async (ablator, { score }) => {
        const { names } = score;
        const own = await ablatedImage(opened, ablator, image);
        const file = fileOf(opened, image);
        const { players, playerOf } = opened;
        const before = await imageAblation(own, unchangedFactors(players.length), score, file);
        const wanted = target ?? targetOf(before, score);
        const decided = decisionImage(own, score);
        const found = await counterfactual(decided, players.length, { target: wanted, signal });
        const factors = [...found.factors];
        return {
          status: found.status,
          target: { index: wanted, name: names[wanted] },
          factors: Object.fromEntries(
            opened.explanation.concepts.flatMap(({ id }) => {
              const factor = factors[playerOf(id)];
              return factor === 1 ? [] : [[id, factor]];
            }),
          ),
          size: found.size,
          image: await imageAblation(own, factors, score, file),
        };
      });
    },

    async ablateRun({ factors, ...question }, context) {
      const opened = await openRun(question);
      await requireSameImages(opened.project, opened.run);
      return withAblator(opened, async (ablator, { score }) => {
        const { explanation } = opened;
        const answers = await ablator.answers(ofBank(opened, factorsOf(opened, factors)), context);
        return runAblation(
          opened,
          question,
          answers,
          score.names,
          explanation.images.map(({ predicted }) => predicted),
        );
      });
    },

    async dependence(question, context) {
      const opened = await openRun(question);
      const { removals } = opened.explanation;
      const images = opened.explanation.images.length;
      if (removals !== undefined)
        return [
          ...removals.map(({ concept, flips }) => ({ concept, changed: flips.length, images })),
          restOf(opened),
        ];
      await requireSameImages(opened.project, opened.run);
      // Who counts at the same time counts alone: what one gives up is not taken from another.
      const changed =
        known.get(opened) ?? (await withAblator(opened, (ablator) => dependences(opened, ablator, context)));
      known.set(opened, changed);
      const ofConcepts = opened.explanation.concepts.map(({ id }, rank) => ({
        concept: id,
        changed: changed[rank],
        images,
      }));
      return [...ofConcepts, restOf(opened)];
    },
  };
}

/** How many images are decided otherwise by the concepts alone. */
function restOf({ explanation: { images } }: OpenedRun) {
  return { concept: REST, changed: images.filter(({ agrees }) => !agrees).length, images: images.length };
}

function fileOf({ pictureAt }: OpenedRun, image: AblatedPicture): string {
  return typeof image === 'number' ? pictureAt(image).file.path : image.file;
}

/** Factors of concepts, merged ones as one, as factors of the rows of the bank. */
function ofBank({ players }: OpenedRun, factors: readonly number[]): number[] {
  return [...spread(matrix(1, factors.length, Float32Array.from(factors)), players).data];
}

/**
 * One a concept, or merged concepts, and the rest's last where it is named; those that are not named remain at 1. Throws
 * 'unknown-name' and 'bad-usage'.
 */
function factorsOf({ playerOf, players }: OpenedRun, factors: ConceptFactors): number[] {
  const all = unchangedFactors(players.length);
  for (const [concept, factor] of Object.entries(factors))
    all[concept === REST ? players.length : playerOf(concept)] = factor;
  checkFactors(all, players.length);
  return all;
}

async function imageAblation(
  image: AblatedImage,
  factors: readonly number[],
  score: Score,
  file: string,
): Promise<ImageAblation> {
  const { names } = score;
  const rows = [...unchangedFactors(factors.length), ...factors];
  const logits = await image.evaluate(matrix(2, factors.length, Float32Array.from(rows)));
  const [before, after] = [0, 1].map((row) => {
    const own = rowView(logits, row);
    const [compared, shares] = [decisionScores(score, own), probabilities(score, own)];
    return {
      said: namedAnswer(names, answerIn(score, own)),
      order: [...compared.keys()].sort((a, b) => compared[b] - compared[a]).slice(0, TOP),
      answer: (index: number) => ({
        logit: own[index],
        ...(shares !== undefined && { probability: shares[index] }),
      }),
    };
  });
  const shown = [...new Set([...after.order, ...before.order])];
  return {
    before: before.said,
    after: after.said,
    changed: before.said.index !== after.said.index,
    classes: shown.map((index) => ({
      index,
      name: names[index],
      before: before.answer(index),
      after: after.answer(index),
    })),
    expected: expectedClasses(names)(file),
  };
}

/** The class that an image should have, or would have next. */
function targetOf({ before, expected, classes }: ImageAblation, score: Score): number {
  if (expected !== null && expected.index !== before.index) return expected.index;
  const { explained, column } = score;
  if (isExplained(score, before.index) && explained.kind === 'margin') return explained.against;
  if (!isExplained(score, before.index)) return 'index' in explained ? explained.index : column;
  return classes.find(({ index }) => index !== before.index)?.index ?? before.index;
}

function runAblation(
  { explanation }: OpenedRun,
  { key, runId }: RunQuestion,
  answers: readonly Answer[],
  names: readonly string[],
  own: readonly ClassScore[],
) {
  const nameOf = (index: number): ClassName => ({ index, name: names[index] });
  const { images, changed, transitions } = changeOfDecisions(
    own.map(({ index }) => index),
    answers.map(({ index }) => index),
  );
  return {
    images,
    changed: changed.length,
    flips: changed.slice(0, LISTED).map(({ image }) => ({
      image,
      fileName: shownName(path.basename(explanation.images[image].file)),
      picture: pictureId({ kind: 'image', project: key, run: runId, image }),
      before: own[image],
      after: namedAnswer(names, answers[image]),
    })),
    transitions: transitions.map(({ before, after, count }) => ({
      before: nameOf(before),
      after: nameOf(after),
      count,
    })),
  };
}

/** How many images are decided otherwise without each concept, in the order of the ranking. */
async function dependences(
  opened: OpenedRun,
  ablator: Ablator,
  { signal, onProgress }: JobContext,
): Promise<number[]> {
  const { images, concepts } = opened.explanation;
  const counts: number[] = [];
  for (const { id } of concepts) {
    const answers = await ablator.answers(ofBank(opened, factorsOf(opened, { [id]: 0 })), { signal });
    counts.push(answers.filter(({ index }, image) => index !== images[image].predicted.index).length);
    onProgress({ stage: 'dependence', done: counts.length, total: concepts.length });
  }
  return counts;
}
