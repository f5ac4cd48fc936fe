import { countsOf, judgedSet, verdictOf, type EditProof, type ProofSet } from './edit-proof.ts';
import { mendsLittle } from '../wording/edit-words.ts';
import type { ChangedDecision } from './judged-decisions.ts';

type Side = 'before' | 'after';

/** What is known of an edit as plain data for programs; the first fields are those of the images that the verdict is about. */
export function editFacts(file: string, proof: EditProof, report?: string) {
  const judged = judgedSet(proof);
  const counts = countsOf(judged);
  return {
    file,
    removed: proof.concepts.map(({ name }) => name),
    images: judged.images,
    before: sideOf(judged, 'before'),
    after: sideOf(judged, 'after'),
    fixed: judged.fixed.map((one) => one.file),
    broken: judged.broken.map((one) => one.file),
    pValue: judged.pValue ?? null,
    judgedOn: judged.kind,
    verdict: verdictOf(judged),
    mendsLittle: counts !== undefined && mendsLittle(counts),
    ...(report !== undefined && { report }),
    ...proof,
    sets: proof.sets.map((set) => setFacts(set, proof.classes)),
  };
}

function sideOf({ all, byClass }: ProofSet, side: Side) {
  return {
    accuracy: all?.[side].value ?? null,
    byClass: Object.fromEntries(byClass.map((one) => [one.name, one[side].value])),
  };
}

function setFacts(set: ProofSet, classes: readonly string[]) {
  const named = (changed: readonly ChangedDecision[]) =>
    changed.map(({ file, truth, before, after }) => ({
      file,
      truth: truth === undefined ? null : classes[truth],
      before: classes[before],
      after: classes[after],
    }));
  const { all, pValue, ...rest } = set;
  return {
    ...rest,
    all: all ?? null,
    pValue: pValue ?? null,
    verdict: verdictOf(set),
    fixed: named(set.fixed),
    broken: named(set.broken),
    otherwise: named(set.otherwise),
  };
}

/** See {@link editFacts}. */
export type EditFacts = ReturnType<typeof editFacts>;
