import type { Environment } from '../../core/pipeline/environment.ts';
import type { DeviceName } from '../../core/platform.ts';
import type { Trial } from '../../core/runtime/device-trial.ts';
import { openDevice, type ProbeOptions } from '../../core/runtime/device.ts';
import { createGemm } from '../../core/runtime/gemm.ts';
import { sharpCodec } from '../../core/runtime/image-codec.ts';
import { probeInProcess } from '../../core/runtime/probe-process.ts';
import { libraryVersions } from '../../core/runtime/library-versions.ts';
import type { SessionOptions } from '../../core/runtime/session.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { thisProcess } from '../../core/runtime/this-process.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import packageFile from '../../package.json' with { type: 'json' };

/** Bytes for one batch of activations: leaves room for the model and the pictures on a 4 GB machine. */
const MEMORY_BUDGET = 512 * 2 ** 20;

/** A trial starts a process: what came of one holds until this process ends. What fails later goes to the CPU by itself. */
function triedOnce(probe: NonNullable<ProbeOptions['probe']>): NonNullable<ProbeOptions['probe']> {
  const trials = new Map<DeviceName, Promise<Trial>>();
  return (device, options) => {
    const trial = trials.get(device) ?? probe(device, options);
    trials.set(device, trial);
    return trial;
  };
}

/** The environment of this machine: its files, its picture library, its devices (tried as `options` say). */
export function createNodeEnvironment(options: ProbeOptions & SessionOptions = {}): Environment {
  const probe = triedOnce(options.probe ?? probeInProcess);
  return {
    storage: fileStorage,
    codec: sharpCodec,
    openDevice: async (choice) => {
      const { device, reasons, sessions } = await openDevice(choice, { ...options, probe });
      return { used: device, fallbackReasons: reasons, sessions, gemm: createGemm(sessions) };
    },
    tensors: async (device) => {
      const { loadTfjsBackend } = await import('../../core/runtime/tfjs-backend.ts');
      const wanted = device === 'cpu' ? (['wasm', 'cpu'] as const) : undefined;
      return (await loadTfjsBackend(wanted)).name;
    },
    versions: {
      tessera: packageFile.version,
      node: process.versions.node,
      ...libraryVersions(),
    },
    self: thisProcess,
    warn: (text) => void process.stderr.write(`${shownName(text)}\n`),
    memoryBudget: MEMORY_BUDGET,
  };
}
