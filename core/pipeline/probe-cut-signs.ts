import { probeSigns } from '../onnx/cut-points.ts';
import type { SessionFactory } from '../platform.ts';
import { createRandom } from '../random.ts';
import { float32, sizeOf } from '../tensor.ts';
import type { ModelIntake } from './model-intake.ts';

/** Pictures in the probe batch. */
const PROBES = 2;

/** Smallest value of every cut point on a batch of noise: below 0 says that the layer is signed. */
export async function probeCutSigns(
  { model, cutPoints, inputDims, signature, hasFreeBatch }: ModelIntake,
  sessions: SessionFactory,
): Promise<ReadonlyMap<string, number>> {
  const dims = [...inputDims.get(signature.input.name)!];
  if (hasFreeBatch) dims[0] = PROBES;
  const random = createRandom(0);
  const noise = Float32Array.from({ length: sizeOf(dims) }, () => random.normal());
  return probeSigns(model, cutPoints, sessions, float32(noise, dims));
}
