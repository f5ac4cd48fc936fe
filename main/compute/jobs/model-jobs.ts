import { channelsOf } from '../../../core/concepts/latent-rows.ts';
import { presetNames, presetOf, resizingNames } from '../../../core/images/preprocessing-presets.ts';
import type { ModelIntake } from '../../../core/pipeline/model-intake.ts';
import { probeCutSigns } from '../../../core/pipeline/probe-cut-signs.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { probeDevices } from '../../../core/runtime/device.ts';
import { tryDevice } from '../../../core/runtime/device-trial.ts';
import type { ProbeOptions } from '../../../core/runtime/device.ts';
import type { ModelSummary, PreprocessingChoice } from '../../api/contract.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

/** Jobs about a model file and about devices. */
export function modelJobs(
  environment: Environment,
  openIntake: OpenIntake,
  probe: ProbeOptions,
): Jobs<'openModel' | 'probeDevices' | 'tryDevice'> {
  return {
    async openModel({ probeSigns, ...question }) {
      const intake = await openIntake(question);
      const { size: bytes } = await environment.storage.stat(intake.path);
      const minima = probeSigns
        ? await probeCutSigns(intake, (await environment.openDevice('cpu')).sessions)
        : new Map<string, number>();
      return summaryOf(environment, intake, bytes, minima);
    },
    probeDevices: () => probeDevices(probe),
    tryDevice: ({ device }) => tryDevice(device),
  };
}

function summaryOf(
  { storage }: Environment,
  intake: ModelIntake,
  bytes: number,
  minima: ReadonlyMap<string, number>,
): ModelSummary {
  const { signature, scores, outputs, labels, path, sha256, hasFreeBatch, cutPoints } = intake;
  const { input, opset } = signature;
  const output = outputs.find(({ name }) => name === scores.output)!;
  return {
    fileName: shownName(storage.basename(path)),
    path,
    sha256,
    bytes,
    opset,
    input: { name: input.name, dims: input.dims.map((dim) => dim ?? '?'), layout: input.layout },
    output: { name: output.name, dims: output.shape.map((dim) => dim ?? '?') },
    classNames: labels.names,
    labelsSource: labels.source,
    labelsMisfit: labels.misfit ?? null,
    preprocessing: preprocessingOf(intake),
    cutPoints: cutPoints.map((cut) => ({
      tensor: cut.tensor,
      shape: cut.shape,
      kind: cut.kind,
      channels: channelsOf(cut),
      grid: cut.grid,
      minValue: minima.get(cut.tensor) ?? null,
      computeShare: cut.computeShare,
      proposed: cut.proposed,
    })),
    hasFreeBatch,
  };
}

function preprocessingOf({
  preprocessing: { preprocessing, source, reason },
}: ModelIntake): PreprocessingChoice {
  return {
    value: preprocessing,
    source,
    reason,
    presets: presetNames,
    resizings: resizingNames,
    preset: presetOf(preprocessing) ?? null,
  };
}
