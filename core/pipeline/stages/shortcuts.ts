import { exchanged, paintedOver } from '../../images/exchange.ts';
import { EXCHANGES, type ExchangeName } from '../../metrics/cues.ts';
import { rowView } from '../../linalg/matrix.ts';
import { tensorMatrix } from '../../linalg/matrix-tensor.ts';
import { FEWEST_PICTURES, type ExchangeCounts } from '../../metrics/shortcuts.ts';
import { decide, isExplained } from '../../score/decision.ts';
import { openCueCarrier, type CarriedCue } from '../cue-carrier.ts';
import { cueFiles, readCuePictures, type CueFiles, type CuePictures } from '../cue-pictures.ts';
import { findCue, findPaintedCue, type Cue, type CueLook } from '../find-cues.ts';
import { runnerFor } from '../model-parts.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';

/** What moved decisions though it is not the object, and the concepts that carry it. */
export interface FoundCue {
  readonly files: CueFiles;
  /** Absent where nothing did. */
  readonly cue?: Cue & CarriedCue;
}

/**
 * Looks for a shortcut: exchanges places of the frame, and looks of the whole picture, between pictures of the class and
 * others, and sees whose decisions change. Where there are too few others, places of the class's own pictures are painted
 * over instead. Each exchange is stored by itself.
 */
export const shortcutsStage = defineStage({
  name: 'shortcuts',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: ['files', 'answers'],
  version: 1,
  compute: lookForCue,
});

type Context = StageContext<
  'shortcuts',
  'intake' | 'device' | 'layer' | 'images' | 'files' | 'answers' | 'classIndex',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function lookForCue(context: Context): Promise<FoundCue> {
  const files = cueFiles(context);
  const isPainted = files.others.length < FEWEST_PICTURES;
  if (files.own.length < FEWEST_PICTURES) return { files };
  const read = once(() => readCuePictures(context, files));
  const runner = runnerFor(context, context.intake.model);
  try {
    const called = async (pictures: readonly Float32Array[]): Promise<boolean[]> => {
      const { score } = context.intake;
      const rows = tensorMatrix(await runner.run((await read()).batch(pictures)));
      return pictures.map((_, i) => isExplained(score, decide(score, rowView(rows, i))));
    };
    const look = keptLook(context, async (name) =>
      isPainted ? paintedCounts(await read(), name, called) : exchangedCounts(await read(), name, called),
    );
    const cue = await (isPainted
      ? findPaintedCue(look)
      : findCue(look, () => keptGlance(context, read, called)));
    context.onProgress({ stage: 'shortcuts', done: EXCHANGES.length, total: EXCHANGES.length });
    return { files, ...(cue && { cue: { ...cue, ...(await carriedBy(context, cue, read)) } }) };
  } finally {
    await runner.dispose();
  }
}

/** Is a picture, one of many, called the class? */
type Called = (pictures: readonly Float32Array[]) => Promise<boolean[]>;

/** A look is stored under the place of its name; nothing of it where it was not looked at further. */
function keptLook(
  { entry, onProgress, signal }: Context,
  counts: (name: ExchangeName) => Promise<ExchangeCounts | undefined>,
): CueLook {
  let done = 0;
  return async (name) => {
    signal?.throwIfAborted();
    const { value } = await entry.get(EXCHANGES.indexOf(name), async () => {
      const { pairs, moved, moving, left } = (await counts(name)) ?? NOTHING;
      return { tensors: new Map(), value: { pairs, moved, moving, left } };
    });
    onProgress({ stage: 'shortcuts', done: ++done, total: EXCHANGES.length });
    return value.pairs === 0 ? undefined : value;
  };
}

/** All around the middle, on the first half of the pairs. */
async function keptGlance(
  { entry }: Context,
  read: () => Promise<CuePictures>,
  called: Called,
): Promise<boolean> {
  const { value } = await entry.get(2 * EXCHANGES.length, async () => {
    const { pairs, joined } = pairsOf(await read(), 'around');
    const isSeen = (await countCalled(called, 0, Math.ceil(pairs / 2), joined)) >= WORTH_A_LOOK;
    return { tensors: new Map(), value: isSeen };
  });
  return value;
}

const NOTHING: ExchangeCounts = { pairs: 0, moved: 0, moving: 0, left: 0 };

/** Fewest that join the class in the first half of the pairs for an exchange to be looked at further. */
const WORTH_A_LOOK = 2;

/** What is asked of pair i: an other picture with what it is given, or one of the class with what is taken from it. */
type Made = (i: number) => Float32Array;

/** Pictures of the one side with those of the other by turns. */
function pairsOf({ own, others, layout }: CuePictures, name: ExchangeName) {
  const at = (side: readonly Float32Array[]) => (i: number) => side[i % side.length];
  const [ownAt, otherAt] = [at(own), at(others)];
  return {
    pairs: Math.max(own.length, others.length),
    joined: (i: number) => exchanged(name, otherAt(i), ownAt(i), layout),
    unmoved: (i: number) => exchanged(name, otherAt(i), otherAt(i + 1), layout),
    taken: (i: number) => exchanged(name, ownAt(i), otherAt(i), layout),
  };
}

async function countCalled(called: Called, start: number, end: number, made: Made): Promise<number> {
  const pictures = Array.from({ length: end - start }, (_, i) => made(start + i));
  return (await called(pictures)).filter((is) => is).length;
}

async function exchangedCounts(
  pictures: CuePictures,
  name: ExchangeName,
  called: Called,
): Promise<ExchangeCounts | undefined> {
  const { pairs, joined, unmoved, taken } = pairsOf(pictures, name);
  const half = Math.ceil(pairs / 2);
  const first = await countCalled(called, 0, half, joined);
  if (first < WORTH_A_LOOK) return undefined;
  return {
    pairs,
    moved: first + (await countCalled(called, half, pairs, joined)),
    moving: await countCalled(called, 0, pairs, unmoved),
    left: pairs - (await countCalled(called, 0, pairs, taken)),
  };
}

async function paintedCounts(
  { own, layout }: CuePictures,
  name: ExchangeName,
  called: Called,
): Promise<ExchangeCounts> {
  const still = await called(own.map((picture) => paintedOver(name, picture, layout)));
  return { ...NOTHING, pairs: own.length, left: still.filter((is) => !is).length };
}

/** Pictures in which it is seen which concepts carry a cue. */
const MOST_CARRIERS = 24;

async function carriedBy(
  context: Context,
  { name, isPainted }: Cue,
  read: () => Promise<CuePictures>,
): Promise<CarriedCue> {
  const { entry, inputs } = context;
  const at = EXCHANGES.length + EXCHANGES.indexOf(name);
  const { value } = await entry.get(at, async () => {
    const { own, others, layout, batch } = await read();
    const carrier = openCueCarrier(context, inputs.bank.conceptBank);
    const without = isPainted
      ? own.slice(0, MOST_CARRIERS).map((picture) => paintedOver(name, picture, layout))
      : Array.from(
          { length: Math.min(MOST_CARRIERS, Math.max(own.length, others.length)) },
          (_, i) => others[i % others.length],
        );
    const withCue = isPainted
      ? own.slice(0, MOST_CARRIERS)
      : without.map((picture, i) => exchanged(name, picture, own[i % own.length], layout));
    try {
      const { change, carried, amounts } = await carrier.carriedBy(batch(without), batch(withCue));
      const plain = { change, carried: [...carried], amounts: amounts.map((row) => [...row]) };
      return { tensors: new Map(), value: plain };
    } finally {
      await carrier.dispose();
    }
  });
  return value;
}

/** Makes a value at the first call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => (value ??= make());
}
