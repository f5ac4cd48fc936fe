import type { DeviceName, Session } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { LARGE_PROBE, SMALL_PROBE, noise, probeModel } from './probe-model.ts';
import { relativeError } from './relative-error.ts';
import { openSession } from './session.ts';

/** What a trial of a device found; `failure` is the sentence to show when it does not work. */
export type Trial =
  | {
      readonly works: true;
      readonly relativeError: number;
      readonly deviceMs: number;
      readonly cpuMs: number;
    }
  | { readonly works: false; readonly failure: string };

/** A device that needs this long for the small probe is a software renderer; the large one would take a minute. */
const HOPELESS_MS = 100;

/**
 * Runs a small network on a device and on the CPU and compares results and times. A broken driver may end or hang
 * the process: call it in one that may die, see {@link probeInProcess}.
 */
export async function tryDevice(device: DeviceName): Promise<Trial> {
  try {
    const onCpu = await openSession(probeModel(), 'cpu');
    const onDevice = await openSession(probeModel(), device);
    const feeds = { x: noise(SMALL_PROBE, 5) };
    const error = relativeError(await onDevice.run(feeds), await onCpu.run(feeds));
    const smallMs = await shortestMs(onDevice, feeds);
    const timed = smallMs > HOPELESS_MS ? feeds : { x: noise(LARGE_PROBE, 6) };
    const deviceMs = timed === feeds ? smallMs : await shortestMs(onDevice, timed);
    return { works: true, relativeError: error, deviceMs, cpuMs: await shortestMs(onCpu, timed) };
  } catch (error) {
    return { works: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Of a few runs; the first ones compile kernels and shaders. */
async function shortestMs(session: Session, feeds: Readonly<Record<string, Tensor>>): Promise<number> {
  let shortest = Infinity;
  for (let repeat = 0; repeat < 4 && (repeat === 0 || shortest < 10 * HOPELESS_MS); repeat++) {
    const start = performance.now();
    await session.run(feeds);
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}
