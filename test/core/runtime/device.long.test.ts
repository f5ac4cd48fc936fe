import { execFile } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DeviceName } from '../../../core/platform.ts';
import { openDevice, probeDevices } from '../../../core/runtime/device.ts';
import type { Trial } from '../../../core/runtime/device-trial.ts';
import { probeInProcess } from '../../../core/runtime/probe-process.ts';
import { float32 } from '../../../core/tensor.ts';
import { softwareVulkan } from './software-vulkan.ts';
import { node, tinyModel } from './tiny-model.ts';

const working: Trial = { works: true, relativeError: 1e-6, deviceMs: 1, cpuMs: 10 };
const probing = (trial: Trial) => ({ probe: () => Promise.resolve(trial) });
/** WebGPU is bundled for the systems we test on, so its probe is always asked. */
const hasWebgpu = !(process.platform === 'darwin' && process.arch === 'x64');

describe('probeDevices()', () => {
  it('reports every device once, the CPU as available, and a reason for each that is not', async () => {
    const reports = await probeDevices(probing({ works: false, failure: 'no' }));
    expect(reports.map(({ name }) => name)).toEqual(['cpu', 'cuda', 'dml', 'coreml', 'webgpu', 'tensorrt']);
    expect(reports[0]).toMatchObject({ available: true, reason: '', speed: 1 });
    for (const { available, reason } of reports.slice(1))
      expect([available, reason.length > 0]).toEqual([false, true]);
  });

  it.skipIf(!hasWebgpu)('gives the speed of a device that works', async () => {
    const [report] = await probeDevices(probing(working), ['webgpu']);
    expect(report).toEqual({
      name: 'webgpu',
      available: true,
      reason: '',
      detail: '10 times the speed of the CPU, relative error 1.0e-6',
      speed: 10,
    });
  });

  it.skipIf(!hasWebgpu)('does not offer a device that computes something else', async () => {
    const [report] = await probeDevices(probing({ ...working, relativeError: 0.02 }), ['webgpu']);
    expect(report).toMatchObject({
      available: false,
      reason: 'it computes something else than the CPU (allowed relative error 0.001)',
    });
  });
});

describe('openDevice()', () => {
  const choose = async (choice: DeviceName | 'auto', trial: Trial) => {
    const { device, reasons } = await openDevice(choice, probing(trial));
    return { device, reasons };
  };

  it('takes the CPU without a probe', async () => {
    const probe = () => Promise.reject(new Error('not to be asked'));
    expect((await openDevice('cpu', { probe })).device).toBe('cpu');
  });

  it.skipIf(!hasWebgpu)('takes a working device that was asked for, however slow', async () => {
    expect(await choose('webgpu', { ...working, deviceMs: 1000 })).toEqual({ device: 'webgpu', reasons: [] });
  });

  it.skipIf(!hasWebgpu)('does not take a slow software driver by itself', async () => {
    const { device, reasons } = await choose('auto', { ...working, deviceMs: 1000 });
    expect(device).toBe('cpu');
    expect(reasons).toContain('webgpu works but is slower than the CPU; the CPU is used');
  });

  it.skipIf(!hasWebgpu)('falls back to the CPU and says why', async () => {
    const failure = 'the driver ended the process (SIGSEGV)';
    expect(await choose('webgpu', { works: false, failure })).toEqual({
      device: 'cpu',
      reasons: [`webgpu cannot be used here: ${failure}; the CPU is used instead`],
    });
  });

  it('opens sessions', async () => {
    const { sessions } = await openDevice('cpu', { threads: 1 });
    const session = await sessions.open(tinyModel({ nodes: [node('Relu', ['x'], ['y'])] }));
    const { y } = await session.run({ x: float32(Float32Array.of(-1, 1), [1, 2]) });
    expect(y.data).toEqual(Float32Array.of(0, 1));
  });
});

describe('probeInProcess()', () => {
  const withEntry = async (source: string, timeoutMs?: number) => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-probe-'));
    const entry = join(folder, 'probe.mjs');
    await writeFile(entry, source);
    const options = { entry, ...(timeoutMs !== undefined && { timeoutMs }) };
    return probeInProcess('webgpu', options).finally(() => rm(folder, { recursive: true }));
  };

  it('reads the answer among other output', async () => {
    const trial = await withEntry(
      `console.log('driver says hello'); console.log(JSON.stringify(${JSON.stringify(working)}))`,
    );
    expect(trial).toEqual(working);
  });

  it.skipIf(process.platform === 'win32')('survives a driver that crashes', async () => {
    expect(await withEntry(`process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 1e4)`)).toEqual({
      works: false,
      failure: 'the driver ended the process (SIGSEGV)',
    });
  });

  it('survives a driver that hangs', async () => {
    expect(await withEntry('setInterval(() => {}, 1000)', 500)).toEqual({
      works: false,
      failure: 'the driver did not answer within 0.5 s',
    });
  });

  it('survives a driver that leaves without an answer', async () => {
    expect(await withEntry('process.exitCode = 3')).toEqual({
      works: false,
      failure: 'the driver ended the process (3)',
    });
  });

  it('tries the CPU with the real entry', async () => {
    expect(await probeInProcess('cpu')).toMatchObject({ works: true, relativeError: 0 });
  });
});

describe.skipIf(softwareVulkan === undefined)(
  'webgpu on a software Vulkan device (skipped where no Chromium carries vk_swiftshader_icd.json)',
  () => {
    it('runs the probe network as the CPU does', async () => {
      const [report] = await probeDevices({ environment: softwareVulkan!, timeoutMs: 110_000 }, ['webgpu']);
      expect(report).toMatchObject({ available: true, reason: '' });
      expect(report.speed).toBeGreaterThan(0);
    });

    it('multiplies matrices as the CPU does, with A as a constant in blocks', async () => {
      const entry = join(import.meta.dirname, 'webgpu-gemm-entry.ts');
      const env = { ...process.env, ...softwareVulkan };
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', entry], { env });
      const line = stdout.split('\n').findLast((text) => text.startsWith('{"got"')) ?? '';
      const { got, want, fallbacks, devices } = JSON.parse(line) as Record<string, number[]>;
      expect([devices, fallbacks]).toEqual([['webgpu'], []]);
      // float32 sums of at most 40 products in another order.
      expect(got).toBeAllclose(want, { rtol: 1e-4, atol: 1e-4 });
    });
  },
);
