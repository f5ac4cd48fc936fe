import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { bestOfFew, imagesApart } from '../../../core/metrics/claims.ts';
import type { Evaluation } from '../../../core/metrics/evaluation.ts';
import { PRESENT_FROM } from '../../../core/pipeline/assemble-explanation.ts';
import { strengthsOf } from '../../../core/pipeline/write-report.ts';
import type { ScoreFacts } from '../../../core/wording/score-words.ts';
import { asShown } from '../../../core/report/as-shown.ts';
import { looksLikeProbability } from '../../../core/report/run-score.ts';
import { shortcutsInWords } from '../../../core/report/shortcuts-in-words.ts';
import type { ConceptItem, NamedConcept } from '../../api/contract.ts';
import { fileNameOf } from '../../../core/wording/path-text.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion, RunView } from '../protocol.ts';
import type { OpenedRun } from './opened-runs.ts';
import { shortcutItem } from './shortcut-item.ts';
import { runSummaryOf } from './run-list-jobs.ts';
import { withGivenNames, type NotesFile } from '../../../core/project/run-notes.ts';

/** Crops that stand for a concept in a list. */
const COVER = 6;

/** A finished run as views show it, with what a person made of it and how far it can be trusted. */
export function resultView(
  question: RunQuestion,
  opened: OpenedRun,
  notes: NotesFile,
  evaluation: Evaluation | undefined,
): RunView {
  const { run, explanation, uncomputed } = opened;
  const named = namedConcepts(opened, notes);
  return {
    run: runSummaryOf(question.key, {
      id: run.id,
      status: 'finished',
      run,
      ...(notes.runName !== undefined && { name: notes.runName }),
      ...(evaluation !== undefined && { evaluation }),
    }),
    className: explanation.className,
    score: scoreFacts(explanation),
    layer: explanation.layer,
    images: explanation.images.length,
    concepts: conceptItems(question, opened, notes, evaluation),
    uncomputed: uncomputed.map(named),
    reconstruction: explanation.reconstruction,
    factorization: explanation.factorization,
    importance: explanation.importance,
    rest: explanation.rest ?? null,
    device: run.device,
    cooccurrence: cooccurrence(opened),
    skipped: explanation.skipped,
    transparent: explanation.transparent ?? null,
    preprocessing: explanation.preprocessing ?? null,
  };
}

/** Without the vector of a reference, which is long. Of a run of before scores were recorded: a class, by some score. */
function scoreFacts({ score, className, images }: OpenedRun['explanation']): ScoreFacts {
  if (score === undefined) {
    const model = { task: 'multiclass', activation: 'kept', classes: [className] } as const;
    return { model, explained: { kind: 'class', index: 0 } };
  }
  const { model, explained, at } = score;
  return {
    model,
    explained:
      explained.kind === 'similarity'
        ? { ...explained, reference: { name: explained.reference.name } }
        : explained,
    ...(at !== undefined && { at }),
    ...(looksLikeProbability({ score, images }) && { isShare: true }),
  };
}

/** Concepts of the run by their ids, with the names that a person gave. */
function namedConcepts({ run }: OpenedRun, { names }: NotesFile) {
  const given = new Map(run.explanation.concepts.map(({ id, name }) => [id, name]));
  return (ids: readonly string[]): NamedConcept[] =>
    ids.map((id) => ({ id, name: names[id] ?? given.get(id) ?? id }));
}

function basisOf(
  { key, runId }: Pick<RunQuestion, 'key' | 'runId'>,
  { explanation }: OpenedRun,
  influence: Evaluation['influence'],
  row: number,
): ConceptItem['basis'] {
  if (influence === undefined) return null;
  const { cosine, importance, images } = influence.concepts[row];
  return {
    cosine,
    importance,
    isRefitted: influence.source === 'refits',
    images: images.map(({ image, share }) => ({
      image,
      share,
      fileName: fileNameOf(explanation.images[image].file),
      picture: pictureId({ kind: 'image', project: key, run: runId, image }),
    })),
  };
}

function conceptItems(
  { key, runId }: RunQuestion,
  opened: OpenedRun,
  notes: NotesFile,
  evaluation: Evaluation | undefined,
): ConceptItem[] {
  const { explanation } = opened;
  const strengths = strengthsOf(explanation, opened.strengths);
  const named = namedConcepts(opened, notes);
  const shortcuts = shortcutsInWords(withGivenNames(explanation, notes));
  const isFoundAgainKnown =
    bestOfFew(imagesApart(explanation.images.map(({ logit }) => logit))) !== 'unknown';
  return asShown(explanation, evaluation).concepts.map(
    ({ id, name, importance, effect, tier, prevalence, crops, merged = [] }, rank) => {
      const isMerged = merged.length > 0;
      return {
        id,
        name: notes.names[id] ?? name,
        givenName: name,
        rank,
        importance,
        tier,
        effect: effect ?? null,
        prevalence,
        // The check was of concepts by themselves, and from too few images it says nothing.
        reliability:
          isMerged || !isFoundAgainKnown ? null : (evaluation?.stability.concepts[rowOfId(id)].mean ?? null),
        shortcuts: shortcuts.filter(({ conceptId }) => conceptId === id).map(shortcutItem),
        basis: isMerged ? null : basisOf({ key, runId }, opened, evaluation?.influence, rowOfId(id)),
        isHidden: notes.hidden.includes(id),
        group: named(merged),
        comment: notes.comments[id] ?? '',
        cover: crops
          .slice(0, COVER)
          .map(({ image, box }) => pictureId({ kind: 'crop', project: key, run: runId, image, box })),
        strengths: strengths[id],
      };
    },
  );
}

/** Share of images in which two concepts are present together, in the order of the ranking. */
function cooccurrence({ explanation, strengths, maxima, conceptColumn }: OpenedRun): number[][] {
  const columns = explanation.concepts.map(({ id }) => conceptColumn(id));
  const together = columns.map(() => columns.map(() => 0));
  for (const own of strengths) {
    const present = columns.map(
      (column) => maxima[column] > 0 && own[column] >= PRESENT_FROM * maxima[column],
    );
    for (const [a, row] of together.entries())
      if (present[a]) for (let b = 0; b < row.length; b++) row[b] += Number(present[b]);
  }
  return together.map((row) => row.map((count) => count / strengths.length));
}
