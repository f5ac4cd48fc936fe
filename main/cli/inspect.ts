import { TesseraError } from '../../core/errors.ts';
import { presetOf } from '../../core/images/preprocessing-presets.ts';
import { probeCutSigns } from '../../core/pipeline/probe-cut-signs.ts';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { preprocessingText } from '../../core/wording/preprocessing-words.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
import { imageFindingsText, inspectImages } from './inspect-images.ts';
import { optionTable, readOptions } from './option-arguments.ts';
import { misfitNotes } from './predict-notes.ts';
import { table } from './text-table.ts';
import { shownName } from '../../core/wording/shown-name.ts';

const TABLE: OptionTable = {
  ...optionTable(['labels', 'labelShift', 'preprocessing', 'alpha', 'images']),
  json: { type: 'boolean' },
};

/** `inspect MODEL`: what the model takes and gives, and the tensors at which it can be cut. */
export async function inspect(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `inspect takes one model file, got ${args.positionals.length}.`, {
      hint: 'tessera inspect MODEL.onnx',
    });
  }
  const environment = createNodeEnvironment();
  const { images, ...said } = readOptions(args);
  const intake = await openModel(environment.storage, path, said);
  const device = await environment.openDevice('cpu');
  const minima = await probeCutSigns(intake, device.sessions);
  const facts = inspection(intake, minima);
  const seen = images && (await inspectImages(environment, intake, images));
  const inUse = presetOf(intake.preprocessing.preprocessing);
  const lines = [asText(facts), ...(seen ? ['', ...imageFindingsText(seen, inUse)] : [])];
  console.log(
    args.flag('json') ? JSON.stringify({ ...facts, ...seen }, null, 2) : shownName(lines.join('\n')),
  );
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
    labels: {
      source: labels.source,
      first: labels.names.slice(0, 5),
      ...(labels.misfit && { misfit: labels.misfit }),
    },
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
    `preprocessing  ${preprocessingText(preprocessing)} (${reason})`,
    ...misfitNotes(facts.labels),
    '',
    ...table([[' ', 'cut point', 'shape', 'kind', 'sign', 'compute before'], ...rows]),
    '',
    '→ proposed: the last picture-shaped (or token) tensor before the model pools it away',
  ].join('\n');
}
