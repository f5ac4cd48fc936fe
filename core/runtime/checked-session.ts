import { TesseraError } from '../errors.ts';
import type { DeviceName, Session } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { flippedShare, relativeError } from './relative-error.ts';
import { createQueue } from '../queue.ts';
import { openSession, type SessionOptions } from './session.ts';

/** A device may differ from the CPU by this much, relative, in the first batch: float32 in another order of sums. */
export const PARITY_TOLERANCE = 1e-3;
/**
 * Share of its entries in which a mask, an output of zeros and ones, may differ: a value near a kink falls on either
 * side, and a flip is a whole unit however small the difference behind it.
 */
const FLIP_TOLERANCE = 0.01;

/** Opens a model on a device, or rejects; {@link openSession}, or what a test puts in its place. */
export type Open = (model: Uint8Array, device: DeviceName, options?: SessionOptions) => Promise<Session>;

export interface CheckedOptions extends SessionOptions {
  readonly device: DeviceName;
  /** Called once with a sentence when the session goes to the CPU after all. */
  readonly onFallback: (reason: string) => void;
  readonly open?: Open;
}

type Feeds = Readonly<Record<string, Tensor>>;
type Outputs = Readonly<Record<string, Tensor>>;

/**
 * A session on a device that has to prove itself: the first run is repeated on the CPU, and when the device fails or
 * its result is off by more than {@link PARITY_TOLERANCE}, or more of a mask than {@link FLIP_TOLERANCE}, the session
 * goes to the CPU for good and says why. `session.device` tells where it is now. Running out of memory is passed on
 * instead, so that a smaller batch can be tried. The model's bytes are kept until the first run has ended.
 */
export async function openChecked(model: Uint8Array, options: CheckedOptions): Promise<Session> {
  const { device, onFallback, open = openSession, ...rest } = options;
  if (device === 'cpu') return open(model, 'cpu', rest);
  try {
    const session = await open(model, device, rest);
    return checkFirstRun(session, () => open(model, 'cpu', rest), onFallback);
  } catch (error) {
    const onCpu = await open(model, 'cpu', rest);
    onFallback(fallbackReason(device, `cannot load the model (${messageOf(error)})`));
    return onCpu;
  }
}

function checkFirstRun(
  onDevice: Session,
  openReference: () => Promise<Session>,
  onFallback: (reason: string) => void,
): Session {
  const { device } = onDevice;
  const queued = createQueue();
  let active = onDevice;
  let reference: (() => Promise<Session>) | undefined = openReference;

  const goTo = async (session: Session, other: Session) => {
    active = session;
    reference = undefined;
    await other.dispose();
  };
  const firstRun = async (feeds: Feeds, wanted: readonly string[], openCpu: () => Promise<Session>) => {
    const got = await attempt(() => onDevice.run(feeds, wanted));
    const cpu = await openCpu();
    try {
      const want = await cpu.run(feeds, wanted);
      const complaint = complaintAbout(got, want);
      if (complaint === undefined) {
        await goTo(onDevice, cpu);
        return (got as { outputs: Outputs }).outputs;
      }
      await goTo(cpu, onDevice);
      onFallback(fallbackReason(device, complaint));
      return want;
    } catch (error) {
      await cpu.dispose();
      throw error;
    }
  };
  return {
    get device() {
      return active.device;
    },
    inputNames: onDevice.inputNames,
    outputNames: onDevice.outputNames,
    run: (feeds, wanted = onDevice.outputNames) =>
      reference === undefined
        ? active.run(feeds, wanted)
        : queued(() => (reference ? firstRun(feeds, wanted, reference) : active.run(feeds, wanted))),
    dispose: () => queued(() => active.dispose()),
  };
}

type Attempt = { readonly outputs: Outputs } | { readonly failure: unknown };

async function attempt(run: () => Promise<Outputs>): Promise<Attempt> {
  try {
    return { outputs: await run() };
  } catch (failure) {
    // A smaller batch or another input may still work here; nothing is known about the device.
    if (failure instanceof TesseraError && ['out-of-memory', 'bad-tensor'].includes(failure.code))
      throw failure;
    return { failure };
  }
}

function complaintAbout(got: Attempt, want: Outputs): string | undefined {
  if ('failure' in got) return `failed (${messageOf(got.failure)})`;
  const shares = Object.entries(want).map(([name, tensor]) => flippedShare(got.outputs[name], tensor));
  const flipped = Math.max(...shares.map((share) => share ?? 0));
  if (flipped > FLIP_TOLERANCE)
    return somethingElse(`flipped ${flipped.toPrecision(2)} of a mask`, FLIP_TOLERANCE);
  const values = Object.fromEntries(Object.entries(want).filter((_, i) => shares[i] === undefined));
  const error = relativeError(got.outputs, values);
  if (error <= PARITY_TOLERANCE) return undefined;
  return somethingElse(`relative error ${error.toExponential(1)}`, PARITY_TOLERANCE);
}

function somethingElse(what: string, allowed: number): string {
  return `computed something else than the CPU (${what}, allowed ${allowed})`;
}

function fallbackReason(device: DeviceName, what: string): string {
  return `${device} ${what}; a model runs on the CPU instead`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
