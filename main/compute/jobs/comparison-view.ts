import type { Comparison, LoneConcept } from '../../../core/comparison/compare-runs.ts';
import type { DecisionChanged } from '../../../core/comparison/compare-decisions.ts';
import { sideOf, type LoadedRun } from '../../../core/pipeline/compared-run.ts';
import { givenPictures } from '../../../core/pipeline/given-pictures.ts';
import { matchedImages, type ShownImages } from '../../../core/pipeline/matched-images.ts';
import { mergedKey } from '../../../core/project/merged-file.ts';
import { comparisonLead } from '../../../core/report/comparison/comparison-lead.ts';
import { NO_DECISIONS, turnsText } from '../../../core/wording/comparison-words.ts';
import { fileNameOf } from '../../../core/wording/path-text.ts';
import { shownName } from '../../../core/wording/shown-name.ts';
import type {
  ChangedDecision,
  ComparedDecisions,
  ComparedRunView,
  RunComparison,
  UnmatchedConcept,
} from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { ComparedQuestion, RunQuestion } from '../protocol.ts';

/** Crops of a concept. */
const CROPS = 6;
/** Changed decisions that are listed: more nobody looks through. */
const MOST_CHANGED = 5000;

interface ComparedRuns {
  readonly a: LoadedRun;
  readonly b: LoadedRun;
  readonly comparison: Comparison;
}

/** A comparison as views show it. */
export async function comparisonView(question: ComparedQuestion, runs: ComparedRuns): Promise<RunComparison> {
  const { a, b, comparison } = runs;
  const { images, isPaired, coversMovement, matchedBy, matches } = comparison;
  const shown = matchedImages({ a, b }, comparison);
  return {
    a: runView(question.a, a),
    b: runView(question.b, b),
    lead: comparisonLead({ a: sideOf(a), b: sideOf(b), comparison }),
    images,
    isPaired,
    coversMovement,
    matchedBy: matchedBy ?? null,
    matches: matches.map((match) => ({
      ...match,
      maps: {
        a: mapIds(question.a, a, match.a, shown.a),
        b: mapIds(question.b, b, match.b, shown.b),
      },
    })),
    onlyA: comparison.onlyA.map(unmatched),
    onlyB: comparison.onlyB.map(unmatched),
    decisions: await decisionsView(question, runs),
  };
}

function runView({ folder, key, runId }: RunQuestion, side: LoadedRun): ComparedRunView {
  const { explanation, compared, notes, project } = side;
  return {
    project: key,
    runId,
    folder,
    projectName: shownName(fileNameOf(folder).replace(/\.tessera$/, '')),
    runName: notes.runName ?? null,
    modelName: shownName(fileNameOf(project.file.model.path)),
    className: explanation.className,
    layer: explanation.layer.tensor,
    images: compared.images.length,
    concepts: explanation.concepts.map(({ id, name, importance, prevalence, crops }) => ({
      ...{ id, name, importance, prevalence },
      crops: crops
        .slice(0, CROPS)
        .map(({ image, box }) => pictureId({ kind: 'crop', project: key, run: runId, image, box })),
    })),
  };
}

/** Of merged concepts another name than of the first alone, for whoever keeps the picture. */
function mapIds(
  { key, runId }: RunQuestion,
  { explanation, project, compared }: LoadedRun,
  place: number,
  shown: ShownImages,
): string[] {
  if (compared.grid[0] * compared.grid[1] === 1) return [];
  const { id, merged = [] } = explanation.concepts[place];
  const concept = merged.length === 0 ? id : `${id}_${mergedKey(project.storage, merged)}`;
  return (shown.get(place) ?? []).map((image) =>
    pictureId({ kind: 'map', project: key, run: runId, image, concept, scale: 'concept' }),
  );
}

function unmatched({ concept, nearest, isSecond }: LoneConcept): UnmatchedConcept {
  return { concept, nearest: nearest ?? null, isSecond };
}

async function decisionsView(
  question: ComparedQuestion,
  { a, b, comparison: { decisions } }: ComparedRuns,
): Promise<ComparedDecisions | { readonly reason: string }> {
  if (typeof decisions === 'string') return { reason: NO_DECISIONS[decisions] };
  const { images, agree, changed } = decisions;
  const [inA, inB] = [await numbersOf(a), await numbersOf(b)];
  const viewOf = ({ file, fileB, turn, concepts, ...said }: DecisionChanged): ChangedDecision => {
    const [imageA, imageB] = [inA.get(file)!, inB.get(fileB)!];
    const { key, runId } = question.a;
    return {
      fileName: shownName(fileNameOf(file)),
      imageA,
      imageB,
      picture: pictureId({ kind: 'image', project: key, run: runId, image: imageA }),
      a: said.a,
      b: said.b,
      turn: turn ?? null,
      concepts,
    };
  };
  return {
    images,
    agree,
    changed: changed.slice(0, MOST_CHANGED).map(viewOf),
    more: Math.max(0, changed.length - MOST_CHANGED),
    turns: turnsText(changed),
  };
}

/** The number of each image that a run was given. */
async function numbersOf({ project, run }: LoadedRun): Promise<Map<string, number>> {
  const { pictures } = await givenPictures(project, run);
  return new Map(pictures.map(({ file }, at) => [file.path, at]));
}
