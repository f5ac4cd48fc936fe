import { TesseraError } from '../../core/errors.ts';
import { frameOf } from '../../core/images/preprocessing.ts';
import { probeCutSigns } from '../../core/pipeline/probe-cut-signs.ts';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { table } from './text-table.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** `inspect MODEL`: what the model takes and gives, and the tensors at which it can be cut. */
export async function inspect(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    labels: { type: 'string' },
    preprocessing: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `inspect takes one model file, got ${args.positionals.length}.`, {
      hint: 'tessera inspect MODEL.onnx',
    });
  }
  const environment = createNodeEnvironment();
  const labels = args.text('labels');
  const preprocessing = args.text('preprocessing');
  const intake = await openModel(environment.storage, path, {
    ...(labels !== undefined && { labels }),
    ...(preprocessing !== undefined && { preprocessing }),
  });
  const device = await environment.openDevice('cpu');
  const minima = await probeCutSigns(intake, device.sessions);
  const facts = inspection(intake, minima);
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(asText(facts)));
}

/** The stable fields of `inspect --json`. */
function inspection(intake: ModelIntake, minima: ReadonlyMap<string, number>) {
  const { signature, preprocessing, labels } = intake;
  const { input, output, opset } = signature;
  return {
    model: intake.path,
    sha256: intake.sha256,
    opset,
    inputs: [{ name: input.name, type: input.type, dims: input.dims.map(shown), layout: input.layout }],
    outputs: [{ name: output.name, dims: output.dims.map(shown), classes: labels.names.length }],
    freeBatch: intake.hasFreeBatch,
    labels: { source: labels.source, first: labels.names.slice(0, 5) },
    preprocessing,
    cutPoints: intake.cutPoints.map(({ tensor, shape, kind, computeShare, proposed }) => {
      const minValue = minima.get(tensor);
      return { tensor, shape, kind, minValue: minValue ?? null, computeShare, proposed };
    }),
  };
}

function shown(dim: number | string | undefined): number | string {
  return dim ?? '?';
}

function asText(facts: ReturnType<typeof inspection>): string {
  const [input] = facts.inputs;
  const [output] = facts.outputs;
  const { preprocessing, reason } = facts.preprocessing;
  const { width, height } = frameOf(preprocessing);
  const rows = facts.cutPoints.map(({ tensor, shape, kind, minValue, computeShare, proposed }) => [
    proposed ? '→' : ' ',
    tensor,
    shape.join(' x '),
    kind,
    minValue === null ? '?' : minValue < 0 ? 'signed' : '≥ 0',
    percentText(computeShare),
  ]);
  return [
    `input          ${input.name} [${input.dims.join(', ')}] ${input.type}, ${input.layout}`,
    `output         ${output.name} [${output.dims.join(', ')}], ${output.classes} classes`,
    `operator set   ${facts.opset}`,
    `labels         ${facts.labels.first.join(' · ')} … (${facts.labels.source})`,
    `preprocessing  ${width === height ? width : `${width} x ${height}`} px, ${preprocessing.channelOrder}, (v / ${preprocessing.scale} - [${preprocessing.mean.join(', ')}]) / [${preprocessing.std.join(', ')}] (${reason})`,
    '',
    ...table([[' ', 'cut point', 'shape', 'kind', 'sign', 'compute before'], ...rows]),
    '',
    '→ proposed: the last picture-shaped (or token) tensor before the model pools it away',
  ].join('\n');
}
