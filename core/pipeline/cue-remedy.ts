import type { LayerRecord } from '../concepts/explanation.ts';
import { usualWay, type ConceptEdit } from '../editing/concept-edit.ts';
import { editedActivations } from '../editing/edited-activations.ts';
import { rowView } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import { decide } from '../score/decision.ts';
import type { Tensor } from '../tensor.ts';
import { CutActivations } from './editing/cut-activations.ts';
import { CandidatePlanner } from './editing/edit-candidates.ts';
import { cutOf, type PlannedRun } from './editing/plan-edit.ts';
import type { ChangedPictures } from './cue-exchange.ts';
import { cutAt, runnerFor } from './model-parts.ts';
import type { ScoredScope } from './run-context.ts';

/** What taking concepts out of the model does to decisions that a cue turned. */
export interface CueRemedy {
  /** Pictures that the cue turned. */
  readonly turned: number;
  /** Rows of the bank, that which does most by itself first. */
  readonly concepts: readonly number[];
  /** Turned pictures that are called again what they are called without the cue. */
  readonly back: number;
}

/** Enough come back at this share of the turned; one concept more must bring back as much as the second figure. */
const [ENOUGH, LEAST_GAIN] = [0.75, 0.1];
/** Concepts that are taken out together, at most. */
const MOST_TOGETHER = 3;
/** The fewest turned pictures from which anything is told. */
const FEWEST_TURNED = 5;

/**
 * Which concepts to take out of the model so that a cue turns it no more, found greedily on pictures that were given the cue:
 * first the concept that brings back most decisions, then that which adds most to it. A concept that a cue moves most is not
 * always what the model follows, and what changes a whole picture goes through many.
 *
 * An edit counts for the decisions that it brings back less those of the same pictures without the cue that it changes; it is
 * the usual one (`usualWay`), by exact amounts. Undefined where fewer than five were turned, or no concept gains anything.
 * Limits: the pictures are those on which the cue was found, so that the counts flatter.
 */
export async function findRemedy(
  scope: ScoredScope,
  run: PlannedRun,
  { without, withCue }: ChangedPictures,
  signal: AbortSignal | undefined,
): Promise<CueRemedy | undefined> {
  const trial = await openTrial(scope, run.explanation.layer, { without, withCue });
  const activations = new CutActivations(scope, cutOf(run), { signal });
  try {
    if (trial.turned < FEWEST_TURNED) return undefined;
    const planner = new CandidatePlanner(scope, run, { signal, activations });
    const how = usualWay(run.conceptBank);
    const all = Array.from({ length: run.conceptBank.rows }, (_, row) => row);
    let best = { concepts: [] as readonly number[], back: 0, lost: 0 };
    const gain = (found: typeof best): number => (found.back - found.lost) / trial.turned;
    while (gain(best) < ENOUGH && best.concepts.length < MOST_TOGETHER) {
      const sets = all.filter((row) => !best.concepts.includes(row)).map((row) => [...best.concepts, row]);
      const edits = await planner.plan(sets.map((rows) => ({ how, rows, factor: 0 })));
      let next = best;
      for (const [at, edit] of edits.entries()) {
        signal?.throwIfAborted();
        if (edit === undefined) continue;
        const found = { concepts: sets[at], ...(await trial.tried(edit)) };
        if (gain(found) > gain(next)) next = found;
      }
      if (gain(next) < gain(best) + LEAST_GAIN) break;
      best = next;
    }
    if (best.concepts.length === 0) return undefined;
    return { turned: trial.turned, concepts: best.concepts, back: best.back };
  } finally {
    await activations.dispose();
    await trial.dispose();
  }
}

interface Trial {
  readonly turned: number;
  /** Turned decisions that an edit brings back, and decisions without the cue that it changes. */
  tried(edit: ConceptEdit): Promise<{ readonly back: number; readonly lost: number }>;
  dispose(): Promise<void>;
}

async function openTrial(scope: ScoredScope, layer: LayerRecord, pictures: ChangedPictures): Promise<Trial> {
  const parts = cutAt(scope.intake, layer);
  const [latent, head] = [runnerFor(scope, parts.latent), runnerFor(scope, parts.head)];
  const decisions = async (activations: Tensor<'float32'>): Promise<number[]> => {
    const scores = tensorMatrix(await head.run(activations));
    return Array.from({ length: scores.rows }, (_, i) => decide(scope.intake.score, rowView(scores, i)));
  };
  const [plain, cued] = [await latent.run(pictures.without), await latent.run(pictures.withCue)];
  const [usual, now] = [await decisions(plain), await decisions(cued)];
  const turned = [...usual.keys()].filter((i) => usual[i] !== now[i]);
  return {
    turned: turned.length,
    async tried(edit) {
      const [own, other] = [
        await decisions(await editedActivations(cued, layer, edit)),
        await decisions(await editedActivations(plain, layer, edit)),
      ];
      return {
        back: turned.filter((i) => own[i] === usual[i]).length,
        lost: turned.filter((i) => other[i] !== usual[i]).length,
      };
    },
    async dispose() {
      await latent.dispose();
      await head.dispose();
    },
  };
}
