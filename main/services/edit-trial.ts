import path from 'node:path';
import {
  countsOf,
  judgedSet,
  verdictOf,
  type EditProof,
  type ProofSet,
} from '../../core/editing/edit-proof.ts';
import type { ChangedDecision } from '../../core/editing/judged-decisions.ts';
import { editChance, mendsLittle } from '../../core/wording/edit-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { EditTrial, JudgedSet, RunKey, TurnedDecision } from '../api/contract.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { TriedEdit } from '../compute/protocol.ts';

/** Left-out files that are named. */
const MOST_SKIPPED = 100;

const TURNS = ['fixed', 'broken', 'otherwise'] as const;

/** Decisions that an edit changed, in the order of pictures of a trial. */
export function turnedDecisions({ sets }: Pick<EditProof, 'sets'>): ChangedDecision[] {
  return sets.flatMap((set) => TURNS.flatMap((turn) => set[turn]));
}

/** What was tried, as views show it; `as` names the preprocessing in names of pictures. */
export function trialOf(
  { id, project, runId, as }: RunKey & { readonly id: string; readonly as: string },
  { proof, beside, places }: TriedEdit,
): EditTrial {
  const { model, run, concepts, how, above, onlyClass, without, check, time, alsoChanged, classes, edited } =
    proof;
  let index = 0;
  const pictures = (): Pick<TurnedDecision, 'picture' | 'image'> => {
    const picture = pictureId({ kind: 'fitted', scan: id, index, as });
    return { picture, image: places[index++] };
  };
  const judged = judgedSet(proof);
  const sets = proof.sets.map((set) => ({ set, view: setView(set, classes, pictures) }));
  return {
    ...{ project, runId, id, concepts, how, check, time, alsoChanged, beside, notices: proof.notices },
    modelName: shownName(path.basename(model.path)),
    className: run.className,
    above: above ?? null,
    onlyClass: onlyClass ?? null,
    without: without ?? null,
    isDecision: classes.length > 0,
    sets: sets.sort((a, b) => Number(b.set === judged) - Number(a.set === judged)).map(({ view }) => view),
    bytes: edited.bytes,
  };
}

function setView(
  set: ProofSet,
  classes: readonly string[],
  pictures: () => Pick<TurnedDecision, 'picture' | 'image'>,
): JudgedSet {
  const { kind, images, byClass, byFolder, sides, scores, known, skipped, folders, all, pValue } = set;
  const counts = countsOf(set);
  const view = (turn: TurnedDecision['turn'], { file, truth, before, after }: ChangedDecision) => ({
    ...{ turn, fileName: shownName(path.basename(file)), ...pictures() },
    truth: truth === undefined ? null : classes[truth],
    ...{ before: classes[before] ?? '', after: classes[after] ?? '' },
  });
  return {
    ...{ kind, images, byClass, byFolder, sides, scores, known },
    roots: folders.map((folder) => shownName(path.basename(folder))),
    all: all ?? null,
    verdict: verdictOf(set),
    chance: pValue === undefined || counts === undefined ? null : editChance(pValue, counts),
    mendsLittle: counts !== undefined && mendsLittle(counts),
    turned: TURNS.flatMap((turn) => set[turn].map((decision) => view(turn, decision))),
    skipped: skipped.slice(0, MOST_SKIPPED),
    skippedCount: skipped.length,
  };
}
