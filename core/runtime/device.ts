import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import type { DeviceChoice, DeviceName, SessionFactory } from '../platform.ts';
import { PARITY_TOLERANCE, openChecked } from './checked-session.ts';
import type { Trial } from './device-trial.ts';
import { createKernelThreads } from './kernel-threads.ts';
import { probeInProcess, type ProbeProcessOptions } from './probe-process.ts';
import type { SessionOptions } from './session.ts';

/** What is known about one device of this machine. */
export interface DeviceReport {
  readonly name: DeviceName;
  readonly available: boolean;
  /** Why it cannot be used, a sentence; empty when it can. */
  readonly reason: string;
  /** What it is or how it did, for people. */
  readonly detail: string;
  /** Speed on a small network relative to the CPU; 1 for the CPU, 0 when it does not run. */
  readonly speed: number;
}

/** Devices in the order `auto` prefers them; TensorRT builds engines for minutes, so it has to be asked for. */
const PREFERENCE = ['cuda', 'dml', 'coreml', 'webgpu'] as const satisfies readonly DeviceName[];
const ALL_DEVICES: readonly DeviceName[] = ['cpu', ...PREFERENCE, 'tensorrt'];

export interface ProbeOptions extends ProbeProcessOptions {
  /** How a device is tried. @default in a process of its own */
  readonly probe?: (device: DeviceName, options: ProbeProcessOptions) => Promise<Trial>;
}

/**
 * Finds out which devices work here: each provider that this build of ONNX Runtime has runs a small network in a
 * throw-away process and is compared with the CPU. Never rejects; a device that fails is reported with its reason.
 */
export async function probeDevices(
  options: ProbeOptions = {},
  devices: readonly DeviceName[] = ALL_DEVICES,
): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  // One after another: side by side they would spoil each other's times.
  for (const device of devices) reports.push(await probeDevice(device, options));
  return reports;
}

async function probeDevice(name: DeviceName, options: ProbeOptions): Promise<DeviceReport> {
  if (name === 'cpu') {
    const detail = `${availableParallelism()} threads, ${cpus()[0]?.model ?? process.arch}`;
    return { name, available: true, reason: '', detail, speed: 1 };
  }
  const missing = whatIsMissing(name);
  if (missing !== undefined) return { name, available: false, reason: missing, detail: '', speed: 0 };
  return judge(name, await (options.probe ?? probeInProcess)(name, options));
}

function whatIsMissing(name: DeviceName): string | undefined {
  const backend = listSupportedBackends().find((entry) => entry.name === name);
  if (backend === undefined) {
    return `ONNX Runtime for ${process.platform} ${process.arch} does not contain it`;
  }
  if (backend.bundled || providerFileExists(name)) return undefined;
  return `its files are not installed (add them with: node node_modules/onnxruntime-node/script/install)`;
}

/** CUDA and TensorRT live in libraries that are installed beside ONNX Runtime's own. */
function providerFileExists(name: DeviceName): boolean {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const folder = join(root, 'bin', 'napi-v6', process.platform, process.arch);
  const file =
    process.platform === 'win32'
      ? `onnxruntime_providers_${name}.dll`
      : `libonnxruntime_providers_${name}.so`;
  return existsSync(join(folder, file));
}

function judge(name: DeviceName, trial: Trial): DeviceReport {
  if (!trial.works)
    return { name, available: false, reason: plainFailure(trial.failure), detail: '', speed: 0 };
  const speed = trial.cpuMs / trial.deviceMs;
  const detail = `${speed.toPrecision(2)} times the speed of the CPU, relative error ${trial.relativeError.toExponential(1)}`;
  const isRight = trial.relativeError <= PARITY_TOLERANCE;
  const reason = isRight
    ? ''
    : `it computes something else than the CPU (allowed relative error ${PARITY_TOLERANCE})`;
  return { name, available: isRight, reason, detail, speed };
}

function plainFailure(failure: string): string {
  if (/No supported adapters|WebGPU adapter/.test(failure))
    return 'no graphics adapter with a working driver was found';
  return failure.replace(/^the model could not be loaded: /, '');
}

/** A device, and sessions on it. */
export interface DeviceSelection {
  readonly device: DeviceName;
  /** Why it is not the device asked for, or why a session went to the CPU; grows while sessions run. */
  readonly reasons: readonly string[];
  readonly sessions: SessionFactory;
}

/**
 * Chooses a device and opens sessions on it. A device that was asked for and does not work is replaced by the CPU,
 * with the reason; `auto` takes the first working device that is faster than the CPU (a software Vulkan driver works
 * but is slower), else the CPU. Every session's first run is checked against the CPU, see {@link openChecked}.
 */
export async function openDevice(
  choice: DeviceChoice,
  options: ProbeOptions & SessionOptions = {},
): Promise<DeviceSelection> {
  const reasons: string[] = [];
  const device = await choose(choice, options, reasons);
  const { threads } = options;
  const onFallback = (reason: string) => void (reasons.includes(reason) || reasons.push(reason));
  const checked = { device, onFallback, ...(threads !== undefined && { threads }) };
  const sessions: SessionFactory = {
    device,
    ...(device === 'cpu' && { threads: createKernelThreads(threads) }),
    open: (model) => openChecked(model, checked),
  };
  return { device, reasons, sessions };
}

async function choose(choice: DeviceChoice, options: ProbeOptions, reasons: string[]): Promise<DeviceName> {
  if (choice === 'cpu') return 'cpu';
  for (const name of choice === 'auto' ? PREFERENCE : [choice]) {
    const { available, speed, reason } = await probeDevice(name, options);
    if (available && (choice !== 'auto' || speed > 1)) return name;
    if (choice !== 'auto') reasons.push(`${name} cannot be used here: ${reason}; the CPU is used instead`);
    else if (available) reasons.push(`${name} works but is slower than the CPU; the CPU is used`);
  }
  return 'cpu';
}
