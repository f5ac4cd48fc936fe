import { encodeModel } from '../../onnx/proto.ts';
import type { Model } from '../../onnx/graph.ts';
import type { Session, SessionFactory } from '../../platform.ts';
import type { Tensor } from '../../tensor.ts';

/** Blocks of runs of each model, in turn, and how long a block lasts at least, in ms. */
const [BLOCKS, LEAST] = [41, 8];
/** Half the blocks have a ratio within this factor of the median one, or the machine was too busy to tell. */
const STEADY = 1.15;

/** Milliseconds an image, and how many times as long the second takes; no ratio where the machine was too busy to tell. */
export interface BothTimes {
  readonly before: number;
  readonly after: number;
  readonly ratio?: number;
}

/**
 * Milliseconds that a picture takes each of two models, one at a time: the least of several blocks, taken in turn; the ratio is
 * the median of those of neighbouring blocks.
 */
export async function timeBoth(
  sessions: SessionFactory,
  models: { readonly before: Model; readonly after: Model },
  picture: Tensor<'float32'>,
): Promise<BothTimes> {
  const before = await sessions.open(encodeModel(models.before));
  try {
    const after = await sessions.open(encodeModel(models.after));
    try {
      return await inTurn(before, after, picture);
    } finally {
      await after.dispose();
    }
  } finally {
    await before.dispose();
  }
}

async function inTurn(before: Session, after: Session, picture: Tensor<'float32'>): Promise<BothTimes> {
  const [first, second]: [number[], number[]] = [[], []];
  for (let block = 0; block < BLOCKS; block++) {
    first.push(await timeOf(before, picture));
    second.push(await timeOf(after, picture));
  }
  const ratios = second.map((time, block) => time / first[block]).sort((a, b) => a - b);
  const [low, ratio, high] = [0.25, 0.5, 0.75].map((share) => ratios[Math.floor(share * (BLOCKS - 1))]);
  const isSteady = high / ratio <= STEADY && ratio / low <= STEADY;
  return { before: Math.min(...first), after: Math.min(...second), ...(isSteady && { ratio }) };
}

async function timeOf(session: Session, picture: Tensor<'float32'>): Promise<number> {
  const feeds = { [session.inputNames[0]]: picture };
  await session.run(feeds);
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < LEAST) {
    await session.run(feeds);
    runs++;
  }
  return (performance.now() - start) / runs;
}
