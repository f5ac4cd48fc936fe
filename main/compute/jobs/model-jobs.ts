import { whyNoConcepts } from '../../../core/pipeline/maps-page.ts';
import { channelsOf } from '../../../core/concepts/latent-rows.ts';
import { presetNames, presetOf, resizingNames } from '../../../core/images/preprocessing-presets.ts';
import { askableNames } from '../../../core/concepts/class-question.ts';
import type { Dimension } from '../../../core/onnx/graph.ts';
import type { OutputFacts } from '../../../core/onnx/score/output-roles.ts';
import { fittingTasks } from '../../../core/pipeline/choose-output.ts';
import type { ModelDescription } from '../../../core/pipeline/model-intake.ts';
import { TASKS, type ModelScores } from '../../../core/score/model-scores.ts';
import { probeCutSigns } from '../../../core/pipeline/probe-cut-signs.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { probeDevices } from '../../../core/runtime/device.ts';
import { tryDevice } from '../../../core/runtime/device-trial.ts';
import type { ProbeOptions } from '../../../core/runtime/device.ts';
import type { ModelSummary, OutputSummary, PreprocessingChoice, ScoresSummary } from '../../api/contract.ts';
import { serializeError } from '../../api/serialize-error.ts';
import type { DescribeModel } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import { shownName } from '../../../core/wording/shown-name.ts';

/** Jobs about a model file and about devices. */
export function modelJobs(
  environment: Environment,
  describe: DescribeModel,
  probe: ProbeOptions,
): Jobs<'openModel' | 'probeDevices' | 'tryDevice'> {
  return {
    async openModel({ probeSigns, ...question }) {
      const description = await describe(question);
      const { size: bytes } = await environment.storage.stat(description.path);
      const { intake } = description;
      const minima =
        probeSigns && intake !== undefined
          ? await probeCutSigns(intake, (await environment.openDevice('cpu')).sessions)
          : new Map<string, number>();
      return summaryOf(environment, description, bytes, minima);
    },
    probeDevices: () => probeDevices(probe),
    tryDevice: ({ device }) => tryDevice(device),
  };
}

function summaryOf(
  { storage }: Environment,
  description: ModelDescription,
  bytes: number,
  minima: ReadonlyMap<string, number>,
): ModelSummary {
  const { signature, outputs, path, sha256, choice, intake } = description;
  const { input, opset } = signature;
  return {
    fileName: shownName(storage.basename(path)),
    path,
    sha256,
    bytes,
    opset,
    input: { name: input.name, dims: shownDims(input.dims), layout: input.layout },
    outputs: outputs.map(outputSummary),
    scores: intake === undefined ? null : withoutClasses(intake.scores),
    open:
      choice.kind === 'chosen'
        ? null
        : {
            kind: choice.kind,
            names: choice.kind === 'ask' ? choice.names : [],
            problem: serializeError(choice.problem),
          },
    classNames: intake === undefined ? [] : askableNames(intake.scores),
    labelsSource: intake?.labels.source ?? 'none',
    labelsMisfit: intake?.labels.misfit ?? null,
    preprocessing: preprocessingOf(description),
    cutPoints: (intake?.cutPoints ?? []).map((cut) => ({
      tensor: cut.tensor,
      shape: cut.shape,
      kind: cut.kind,
      channels: channelsOf(cut),
      grid: cut.grid,
      minValue: minima.get(cut.tensor) ?? null,
      computeShare: cut.computeShare,
      proposed: cut.proposed,
    })),
    noCut: (intake && whyNoConcepts(intake)) ?? null,
    hasFreeBatch: intake?.hasFreeBatch ?? false,
  };
}

function outputSummary(facts: OutputFacts): OutputSummary {
  const { name, shape, role, reason } = facts;
  return {
    ...{ name, role, reason, dims: shownDims(shape) },
    tasks: fittingTasks(facts).map((task) => ({ task, title: TASKS[task] })),
  };
}

function shownDims(dims: readonly Dimension[]): (number | string)[] {
  return dims.map((dim) => dim ?? '?');
}

function withoutClasses(scores: ModelScores): ScoresSummary {
  const own = Object.entries(scores).filter(([field]) => field !== 'classes');
  return Object.fromEntries(own) as unknown as ScoresSummary;
}

function preprocessingOf({
  preprocessing: { preprocessing, source, reason },
}: ModelDescription): PreprocessingChoice {
  return {
    value: preprocessing,
    source,
    reason,
    presets: presetNames,
    resizings: resizingNames,
    preset: presetOf(preprocessing) ?? null,
  };
}
