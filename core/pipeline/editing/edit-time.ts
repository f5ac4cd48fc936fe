import { encodeModel } from '../../onnx/proto.ts';
import type { Model } from '../../onnx/graph.ts';
import type { Session, SessionFactory } from '../../platform.ts';
import type { Tensor } from '../../tensor.ts';

/** Blocks of runs of each model, in turn, and how long a block lasts at least, in ms. */
const [BLOCKS, LEAST] = [15, 25];

/** Milliseconds that a picture takes each of two models, one at a time: the least of several blocks, taken in turn. */
export async function timeBoth(
  sessions: SessionFactory,
  models: { readonly before: Model; readonly after: Model },
  picture: Tensor<'float32'>,
): Promise<{ readonly before: number; readonly after: number }> {
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

async function inTurn(before: Session, after: Session, picture: Tensor<'float32'>) {
  const [first, second] = [[Infinity], [Infinity]];
  for (let block = 0; block < BLOCKS; block++) {
    first.push(await timeOf(before, picture));
    second.push(await timeOf(after, picture));
  }
  return { before: Math.min(...first), after: Math.min(...second) };
}

async function timeOf(session: Session, picture: Tensor<'float32'>): Promise<number> {
  const feeds = { [session.inputNames[0]]: picture };
  await session.run(feeds);
  const start = Date.now();
  let runs = 0;
  while (Date.now() - start < LEAST) {
    await session.run(feeds);
    runs++;
  }
  return (Date.now() - start) / runs;
}
