import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import type { DeviceName, Session } from '../../../core/platform.ts';
import { openChecked, type Open } from '../../../core/runtime/checked-session.ts';
import { flippedShare, relativeError } from '../../../core/runtime/relative-error.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';

const model = Uint8Array.of(1);
const one = { y: float32(Float32Array.of(1, 2), [2]) };
const memory = new TesseraError('out-of-memory', 'too much');

/** Opens sessions that log what happens to them and answer with what the device's function gives. */
function opening(
  answers: Partial<Record<DeviceName, () => Record<string, Tensor>>>,
  log: string[] = [],
): Open {
  return (_, device) => {
    log.push(`open ${device}`);
    const answer = answers[device];
    if (answer === undefined) return Promise.reject(new TesseraError('bad-model', `no ${device}`));
    const session: Session = {
      device,
      inputNames: ['x'],
      outputNames: ['y'],
      run: async () => (log.push(`run ${device}`), await Promise.resolve(answer())),
      dispose: () => (log.push(`dispose ${device}`), Promise.resolve()),
    };
    return Promise.resolve(session);
  };
}

async function checked(answers: Parameters<typeof opening>[0]) {
  const log: string[] = [];
  const reasons: string[] = [];
  const onFallback = (reason: string) => void reasons.push(reason);
  const session = await openChecked(model, { device: 'webgpu', onFallback, open: opening(answers, log) });
  return { session, log, reasons };
}

describe('openChecked()', () => {
  it('repeats only the first run on the CPU', async () => {
    const { session, log, reasons } = await checked({ webgpu: () => one, cpu: () => one });
    await Promise.all([session.run({}), session.run({}), session.run({})]);
    expect(log.sort()).toEqual(
      ['open webgpu', 'open cpu', 'run webgpu', 'run cpu', 'dispose cpu', 'run webgpu', 'run webgpu'].sort(),
    );
    expect([session.device, reasons]).toEqual(['webgpu', []]);
  });

  it('goes to the CPU when the first result is off, and gives the right one', async () => {
    const { session, log, reasons } = await checked({
      webgpu: () => ({ y: float32(Float32Array.of(1, 2.1), [2]) }),
      cpu: () => one,
    });
    expect((await session.run({}))['y']).toBe(one.y);
    await session.run({});
    expect(log).toEqual(['open webgpu', 'run webgpu', 'open cpu', 'run cpu', 'dispose webgpu', 'run cpu']);
    expect(session.device).toBe('cpu');
    expect(reasons).toEqual([
      'webgpu computed something else than the CPU (relative error 4.5e-2, allowed 0.001); a model runs on the CPU instead',
    ]);
  });

  describe('with masks among the outputs', () => {
    const values = float32(Float32Array.of(1, 2), [2]);
    const mask = (flips: number): Tensor<'float32'> =>
      float32(
        Float32Array.from({ length: 200 }, (_, i) => (i < flips ? 0 : 1)),
        [200],
      );
    const bools = (flips: number): Tensor => ({
      ...mask(0),
      type: 'bool',
      data: Uint8Array.from(mask(flips).data),
    });
    const onWebgpu = async (webgpu: Record<string, Tensor>, cpu: Record<string, Tensor>) => {
      const { session, reasons } = await checked({ webgpu: () => webgpu, cpu: () => cpu });
      await session.run({});
      return { device: session.device, reasons };
    };

    it.each([mask, bools])('stays where 1 % of the entries of one are flipped', async (made) => {
      const result = await onWebgpu({ y: values, m: made(2) }, { y: values, m: made(0) });
      expect(result).toEqual({ device: 'webgpu', reasons: [] });
    });

    it.each([mask, bools])('goes to the CPU where more are', async (made) => {
      const { device, reasons } = await onWebgpu({ y: values, m: made(3) }, { y: values, m: made(0) });
      expect(device).toBe('cpu');
      expect(reasons).toEqual([
        'webgpu computed something else than the CPU (flipped 0.015 of a mask, allowed 0.01); a model runs on the CPU instead',
      ]);
    });

    it('goes to the CPU where another output is off', async () => {
      const off = float32(Float32Array.of(1, 2.1), [2]);
      const { device, reasons } = await onWebgpu({ y: off, m: mask(1) }, { y: values, m: mask(0) });
      expect(device).toBe('cpu');
      expect(reasons).toEqual([
        expect.stringContaining('something else than the CPU (relative error 4.5e-2'),
      ]);
    });

    it('goes to the CPU where an entry of one is neither 0 nor 1', async () => {
      const blurred = mask(0);
      blurred.data[0] = 0.5;
      expect((await onWebgpu({ m: blurred }, { m: mask(0) })).device).toBe('cpu');
    });
  });

  it('goes to the CPU when the first run fails there', async () => {
    const fail = () => {
      throw new TesseraError('bad-model', 'device lost');
    };
    const { session, reasons } = await checked({ webgpu: fail, cpu: () => one });
    expect(await session.run({})).toBe(one);
    expect(reasons).toEqual(['webgpu failed (device lost); a model runs on the CPU instead']);
  });

  it('passes on that memory ran out, and checks the next run instead', async () => {
    let runs = 0;
    const short = () => {
      if (++runs === 1) throw memory;
      return one;
    };
    const { session, reasons } = await checked({ webgpu: short, cpu: () => one });
    await expect(session.run({})).rejects.toBe(memory);
    expect(await session.run({})).toBe(one);
    expect([session.device, reasons]).toEqual(['webgpu', []]);
  });

  it('goes to the CPU when the device cannot load the model', async () => {
    const { session, reasons } = await checked({ cpu: () => one });
    expect(session.device).toBe('cpu');
    expect(reasons).toEqual(['webgpu cannot load the model (no webgpu); a model runs on the CPU instead']);
  });

  it('blames the model, not the device, when the CPU cannot load it either', async () => {
    await expect(checked({})).rejects.toThrow('no cpu');
  });

  it('may be disposed before it ran', async () => {
    const { session, log } = await checked({ webgpu: () => one, cpu: () => one });
    await session.dispose();
    expect(log).toEqual(['open webgpu', 'dispose webgpu']);
  });
});

describe('relativeError()', () => {
  const y = (...values: number[]) => ({ y: float32(Float32Array.from(values), [values.length]) });

  it('is the relative Euclidean distance of the worst output', () => {
    expect(relativeError(y(3, 4), y(3, 4))).toBe(0);
    expect(relativeError(y(3, 5), y(3, 4))).toBeCloseTo(0.2, 12);
    expect(relativeError({ ...y(1), z: y(2).y }, { ...y(1), z: y(1).y })).toBe(1);
  });

  it('takes equal infinities and NaN on both sides as agreement, and anything else as none', () => {
    expect(relativeError(y(Infinity, NaN, 1), y(Infinity, NaN, 1))).toBe(0);
    expect(relativeError(y(NaN, 1), y(1, 1))).toBe(Infinity);
    expect(relativeError(y(1, 1), y(-Infinity, 1))).toBe(Infinity);
    expect(relativeError(y(1), y(0))).toBe(Infinity);
    expect(relativeError(y(1), y(1, 1))).toBe(Infinity);
    expect(relativeError({}, y(1))).toBe(Infinity);
  });

  it('reads float16 and leaves integers out', () => {
    const half = (...bits: number[]) => ({
      y: { type: 'float16', dims: [bits.length], data: Uint16Array.from(bits) } as const,
    });
    // 1.5 and 1, then the smallest subnormal and infinity.
    expect(relativeError(half(0x3e00), half(0x3c00))).toBe(0.5);
    expect(relativeError(half(0x0002, 0x7c00), half(0x0001, 0x7c00))).toBe(1);
    const index = (value: number) => ({
      i: { type: 'int32', dims: [1], data: Int32Array.of(value) } as const,
    });
    expect(relativeError(index(3), index(4))).toBe(0);
  });
});

describe('flippedShare()', () => {
  const y = (...values: number[]) => float32(Float32Array.from(values), [values.length]);

  it('counts entries that differ between masks', () => {
    expect(flippedShare(y(0, 1, 1, 0), y(0, 1, 0, 0))).toBe(0.25);
    expect(flippedShare(y(), y())).toBe(0);
  });

  it('is undefined for what is no mask of one size', () => {
    expect(flippedShare(y(0, 2), y(0, 1))).toBeUndefined();
    expect(flippedShare(y(0, 1), y(0, 2))).toBeUndefined();
    expect(flippedShare(y(0), y(0, 1))).toBeUndefined();
    expect(flippedShare(undefined, y(0))).toBeUndefined();
    const int: Tensor = { type: 'int32', dims: [1], data: Int32Array.of(1) };
    expect(flippedShare(int, int)).toBeUndefined();
  });
});
