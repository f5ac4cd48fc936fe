import path from 'node:path';
import type { Decomposition, Estimate, Explanation } from '../../core/concepts/explanation.ts';
import type { ExplainOutcome } from '../../core/pipeline/explain.ts';
import { bestOfFew, boundsOf, imagesApart } from '../../core/metrics/claims.ts';
import type { Evaluation, StoredOrder } from '../../core/metrics/evaluation.ts';
import { editCommandText } from '../../core/concepts/command-text.ts';
import { idOfRow, rowOfId } from '../../core/concepts/recursion/concept-tree.ts';
import { asShown, sampledInterval } from '../../core/report/as-shown.ts';
import { shortcutsInWords, type ShortcutInWords } from '../../core/report/shortcuts-in-words.ts';
import { trustVerdict, type TrustVerdict } from '../../core/report/trust-verdict.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { invariant } from '../../core/errors.ts';
import {
  decimalEstimateText,
  decimalText,
  intervalText,
  percentText,
} from '../../core/wording/number-text.ts';
import {
  NUMBER_BY_CLASSES,
  NUMBER_BY_EVIDENCE,
  refinedVerdict,
  settledText,
} from '../../core/wording/bank-words.ts';
import { carriedShareText, UNEXPLAINED } from '../../core/wording/claim-words.ts';
import { transparencyText } from '../../core/wording/input-words.ts';
import { askedText, decisionText, type ScoreFacts } from '../../core/wording/score-words.ts';
import { LEVEL_WORDS } from '../../core/wording/trust-words.ts';
import { originText } from '../../core/wording/preprocessing-words.ts';
import { FEWEST_PICTURES } from '../../core/metrics/shortcuts.ts';
import { countOf } from '../../core/wording/count-text.ts';
import type { OwnInWords } from '../../core/report/own-in-words.ts';
import { ownConceptJson, ownConceptsText } from './own-concepts.ts';
import { table } from './text-table.ts';

/** Crops listed for a concept; the project holds more. */
const CROPS_LISTED = 12;

/** The stable fields of `explain --json`. */
export function explanationJson(
  { project, run, resumed, evaluation }: ExplainOutcome,
  report: string,
  own: readonly OwnInWords[] = [],
) {
  const { explanation } = run;
  invariant(explanation !== undefined, 'a finished run has no explanation');
  const shown = asShown(explanation, evaluation);
  const apart = imagesApart(explanation.images.map(({ logit }) => logit));
  const isFoundAgainKnown = bestOfFew(apart) !== 'unknown';
  return {
    project: path.resolve(project.folder),
    run: run.id,
    resumed,
    report,
    class: { index: explanation.classIndex, name: explanation.className },
    layer: explanation.layer.tensor,
    images: explanation.images.length,
    device: run.device,
    concepts: explanation.concepts.map(({ id, name, importance, prevalence, crops }, rank) => ({
      id,
      name,
      importance: {
        ...estimateJson(importance, apart),
        ...sampledJson(explanation.concepts[rank], evaluation),
      },
      tier: shown.concepts[rank].tier,
      prevalence,
      ...(isFoundAgainKnown &&
        evaluation && { reliability: evaluation.stability.concepts[rowOfId(id)].mean }),
      crops: crops.slice(0, CROPS_LISTED).map(({ image, box, coefficient }) => ({
        image: explanation.images[image].file,
        box,
        coefficient,
      })),
    })),
    ...(own.length > 0 && { ownConcepts: own.map(ownConceptJson) }),
    splits: (explanation.splits ?? []).map(decompositionJson),
    reconstruction: explanation.reconstruction,
    factorization: explanation.factorization,
    importance: explanation.importance,
    rest: explanation.rest ? { ...explanation.rest, ...estimateJson(explanation.rest, apart) } : null,
    // Options that nobody gave by value, and what was compared to settle them.
    automatic: automaticOf(run),
    ...(run.comparison && { comparison: run.comparison.frontier }),
    // Of too few images nothing was looked for.
    ...(explanation.shortcuts && {
      shortcuts:
        explanation.shortcuts.images < FEWEST_PICTURES
          ? null
          : shortcutsInWords(explanation).map(shortcutJson),
    }),
    trust: trustJson(trustVerdict(explanation, evaluation)),
    ...(evaluation && { evaluation: evaluationJson(explanation, evaluation) }),
    skipped: explanation.skipped,
    ...(explanation.transparent && { transparent: explanation.transparent }),
    ...(explanation.preprocessing && { preprocessing: explanation.preprocessing }),
    timings: Object.fromEntries(
      Object.entries(run.stages).map(([name, { elapsedMs }]) => [name, (elapsedMs ?? 0) / 1000]),
    ),
  };
}

/** Without an interval where there is none, as over one image or copies of one. */
function estimateJson({ mean, low, high }: Estimate, apart: number) {
  return { mean, ...(apart > 1 ? { low, high } : { low: null, high: null }) };
}

/** The interval with the movement of the concepts from sample to sample in it, where that is known. */
function sampledJson(
  concept: Explanation['concepts'][number],
  evaluation: Evaluation | undefined,
): { readonly sampled?: { readonly low: number; readonly high: number } } {
  const sampled = sampledInterval(concept, evaluation);
  return sampled === undefined ? {} : { sampled: { low: sampled.low, high: sampled.high } };
}

function automaticOf({ comparison, options }: RunFile): readonly ('layer' | 'concepts' | 'bank')[] {
  return comparison?.settled ?? (options.concepts === 'auto' ? ['concepts'] : []);
}

/** With the id of the concept and the files of the images, as the run has them, beside what each rests on. */
function evaluationJson({ images }: Explanation, { influence, ...evaluation }: Evaluation) {
  return {
    ...evaluation,
    ...(influence && {
      influence: {
        ...influence,
        concepts: influence.concepts.map((basis, row) => ({
          id: idOfRow(row),
          ...basis,
          images: basis.images.map((one) => ({ ...one, file: images[one.image].file })),
        })),
      },
    }),
  };
}

/** A flag with what speaks for it. */
function shortcutJson({ shortcut, class: of, evidence, remedy }: ShortcutInWords) {
  return {
    class: of,
    concept: shortcut.concept,
    kinds: shortcut.kinds.filter((wanted) => evidence.some(({ kind }) => kind === wanted)),
    evidence: evidence.map(({ kind, value, low, high, sentence }) => ({ kind, value, low, high, sentence })),
    flips: shortcut.flips,
    ...(shortcut.remedy && { remedy: shortcut.remedy }),
    takeOut: remedy.map(({ name }) => name),
  };
}

/** The verdict and every light, without the words that explain them. */
function trustJson({ grade, headline, claims, reasons, cautions, lights }: TrustVerdict) {
  return {
    grade,
    headline,
    claims: claims.map(({ id, grade: own, value, low, high, reason, next }) => ({
      id,
      grade: own,
      value: value ?? null,
      low: low ?? null,
      high: high ?? null,
      reason,
      next: next === '' ? null : next,
    })),
    reasons,
    cautions,
    lights: lights.map(({ figure, value, level, says }) => ({ figure, value, level, says })),
  };
}

/** The stable fields of a decomposition. */
export function decompositionJson({ parent, layer, parts, ...rest }: Decomposition) {
  const { images, reconstruction, reproduction, stability } = rest;
  return {
    parent,
    layer: layer.tensor,
    images: images.length,
    reconstruction,
    reproduction,
    stability,
    parts: parts.map(({ id, name, importance, tier, prevalence }) => ({
      id,
      name,
      importance,
      tier,
      prevalence,
    })),
  };
}

function estimateText({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  return low === null || high === null ? 'none' : intervalText({ low, high });
}

/** The short table that `explain` prints for people; `score` is that of the run. */
export function explanationText(
  facts: ReturnType<typeof explanationJson>,
  score?: ScoreFacts,
  own: readonly OwnInWords[] = [],
): string {
  const rows = facts.concepts.map(({ name, importance, tier, prevalence }) => [
    name,
    percentText(importance.mean),
    estimateText(importance.sampled ?? importance),
    `${tier + 1}`,
    percentText(prevalence),
  ]);
  if (facts.rest !== null) {
    rows.push([UNEXPLAINED, percentText(facts.rest.mean), estimateText(facts.rest), '', '']);
  }
  const { r2, relativeError, agreement } = facts.reconstruction;
  const asked = score === undefined ? `What the model looks at for "${facts.class.name}"` : askedText(score);
  return [
    `${asked}, on ${countOf(facts.images, 'image')}, at ${facts.layer}`,
    ...(score === undefined || score.model.task === 'multiclass' ? [] : [decisionLine(score)]),
    '',
    ...table([['concept', 'importance', '95 % interval', 'tier', 'present in'], ...rows]),
    ...(facts.rest === null ? [] : ['(of the images that the concepts were made from)']),
    '',
    ...(own.length === 0 ? [] : [...ownConceptsText(own), '']),
    ...carriedLines(facts),
    `Reconstruction: R² ${decimalText(r2)}, relative error ${percentText(relativeError)}; same prediction for ${percentText(agreement)} of the images`,
    `Trust: ${LEVEL_WORDS[facts.trust.grade]}. ${facts.trust.headline}.`,
    ...(facts.trust.grade === 'good' ? [] : facts.trust.reasons).map((reason) => `  ${reason}`),
    ...(facts.shortcuts ?? []).map((shortcut) => remedyLine(facts.project, shortcut)),
    ...automaticLines(facts),
    ...(facts.factorization.refined ? [refinedVerdict(facts.factorization.refined)] : []),
    ...(facts.evaluation ? orderLines(facts.evaluation) : []),
    ...(facts.splits.length > 0
      ? [`Decomposed into parts: ${facts.splits.length} concepts and parts (shown in the report)`]
      : []),
    ...(facts.skipped.length > 0 ? [`Left out: ${facts.skipped.length} files (listed in the report)`] : []),
    ...(facts.preprocessing ? [originText(facts.preprocessing)] : []),
    ...(facts.transparent
      ? [`${transparencyText(facts.transparent.images, facts.transparent.alpha)} See --alpha.`]
      : []),
    `Project  ${facts.project}`,
    `Report   ${facts.report}`,
  ].join('\n');
}

/** What to do about a shortcut: the edit that helps, or where to look for one. */
function remedyLine(folder: string, { takeOut, remedy }: ReturnType<typeof shortcutJson>): string {
  return remedy !== undefined && remedy.back >= remedy.turned / 2
    ? `To take that out of the model: ${editCommandText(folder, takeOut)}`
    : 'To look for an edit of the model against that: tessera edit --search, with images that it gets wrong.';
}

/** That the layer or the number of concepts was not asked for by value. */
function automaticLines({
  automatic,
  comparison,
  factorization,
}: ReturnType<typeof explanationJson>): string[] {
  if (comparison) return [settledText(automatic, comparison.points.length)];
  if (automatic.length === 0) return [];
  return [factorization.shared ? NUMBER_BY_CLASSES : NUMBER_BY_EVIDENCE];
}

/** How much the concepts carry together, in images that had no part in making them where it is known. */
function carriedLines({ concepts, rest, evaluation, trust }: ReturnType<typeof explanationJson>): string[] {
  const { heldOut } = evaluation ?? {};
  const left = heldOut?.rest ?? rest;
  if (left === null) return [];
  const { mean, low, high } = left;
  const share = {
    value: 1 - mean,
    ...(low !== null && high !== null && { low: 1 - high, high: 1 - low }),
    ...(heldOut?.rest && { heldOut: heldOut.images }),
  };
  const carried = carriedShareText(share, concepts.length, boundsOf('decision'));
  // What lowers the grade is told below it.
  return trust.grade !== 'good' && trust.reasons.some((reason) => reason.includes(carried))
    ? []
    : [`${carried}.`];
}

/** How the model decides; and why no image was set aside where nothing but their mean splits them. */
function decisionLine(score: ScoreFacts): string {
  const { task, threshold } = score.model;
  const isUnsplit = threshold === undefined && (task === 'regression' || task === 'embedding');
  const decided = `Decided: ${decisionText(score)}.`;
  return isUnsplit
    ? `${decided} No threshold was given, so all images are explained; --threshold takes those of one side.`
    : decided;
}

/** How the order of the concepts does against chance. */
function orderLines({ deletion, insertion }: Evaluation): string[] {
  return [['taken away', deletion] as const, ['put in', insertion] as const].flatMap(
    ([word, { orders, random }]) => {
      if (orders.sobol.auc === undefined || random.auc === undefined) return [];
      const area = ({ auc, interval }: StoredOrder): string => decimalEstimateText(auc, interval);
      return [`Concepts ${word}: area ${area(orders.sobol)}; random orders ${area(random)}`];
    },
  );
}
