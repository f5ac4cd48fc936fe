import { paintedOver } from '../images/exchange.ts';
import type { RecurringMark } from '../images/recurring-mark.ts';
import { rowView, matrixColumn } from '../linalg/matrix.ts';
import { tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { ExchangeName, PlaceOrLook } from '../metrics/cues.ts';
import { FEWEST_PICTURES, type ExchangeCounts } from '../metrics/shortcuts.ts';
import { decide, isExplained } from '../score/decision.ts';
import type { Tensor } from '../tensor.ts';
import {
  exchangedCounts,
  isWorthALook,
  paintedCounts,
  pairsOf,
  pairsOfMark,
  type Called,
  type CuePairs,
} from './cue-pairs.ts';
import { readCuePictures, type CueFiles } from './cue-pictures.ts';
import { findMark } from './find-mark.ts';
import { runnerFor } from './model-parts.ts';
import { once } from './once.ts';
import type { Facts, StageWork } from './stage.ts';

/** Exchanges cues between the pictures of a class and others and asks the model; pictures are read when first needed. */
export interface CueExchange {
  /** Are there too few others, so that places of the class's own pictures are painted over instead? */
  readonly isPainted: boolean;
  /** What an exchange does; undefined where so little that it was not looked at further, or no mark was found. */
  counts(name: ExchangeName): Promise<ExchangeCounts | undefined>;
  /** Does all around the middle do anything at all? */
  glance(): Promise<boolean>;
  /** Of at most so many pairs the same pictures without a cue and with it. */
  changed(name: ExchangeName, most: number): Promise<ChangedPictures>;
  /** The mark that pictures of the class bear, if any does anything. */
  mark(): Promise<RecurringMark | undefined>;
  dispose(): Promise<void>;
}

/** Batches [n, …] of the same pictures. */
export interface ChangedPictures {
  readonly without: Tensor<'float32'>;
  readonly withCue: Tensor<'float32'>;
}

/** Opens the model when first needed. `keep` is handed the search for a mark and may answer it with what is stored. */
export function openCueExchange(
  context: Pick<StageWork, 'environment'> & Pick<Facts, 'intake' | 'device' | 'images' | 'classIndex'>,
  files: CueFiles,
  keep: (find: () => Promise<RecurringMark | undefined>) => Promise<RecurringMark | undefined>,
): CueExchange {
  const { score, model } = context.intake;
  const isPainted = files.others.length < FEWEST_PICTURES;
  const runner = runnerFor(context, model);
  const read = once(() => readCuePictures(context, files));
  const answers = async (pictures: readonly Float32Array[]) =>
    tensorMatrix(await runner.run((await read()).batch(pictures)));
  const called: Called = async (pictures) => {
    const rows = await answers(pictures);
    return pictures.map((_, i) => isExplained(score, decide(score, rowView(rows, i))));
  };
  const scores = async (pictures: readonly Float32Array[]) => [
    ...matrixColumn(await answers(pictures), context.classIndex),
  ];
  const mark = once(() => keep(async () => findMark(await read(), scores)));
  const pairs = async (name: ExchangeName): Promise<CuePairs | undefined> => {
    if (name !== 'mark') return pairsOf(await read(), name);
    const found = await mark();
    return found && pairsOfMark(await read(), found);
  };
  return {
    isPainted,
    async counts(name) {
      if (isPainted) return paintedCounts(await read(), name as PlaceOrLook, called);
      const both = await pairs(name);
      return both && exchangedCounts(both, called);
    },
    glance: async () => isWorthALook(pairsOf(await read(), 'around'), called),
    async changed(name, most) {
      const { own, layout, batch } = await read();
      const first = own.slice(0, most);
      const both = isPainted
        ? {
            pairs: first.length,
            without: (i: number) => paintedOver(name as PlaceOrLook, first[i], layout),
            joined: (i: number) => first[i],
          }
        : (await pairs(name))!;
      const all = Array.from({ length: Math.min(most, both.pairs) }, (_, i) => i);
      return { without: batch(all.map(both.without)), withCue: batch(all.map(both.joined)) };
    },
    mark,
    dispose: () => runner.dispose(),
  };
}
