import { TesseraError } from '../../core/errors.ts';
import type { Labels } from '../../core/images/labels.ts';
import { presetOf } from '../../core/images/preprocessing-presets.ts';
import type { Dimension } from '../../core/onnx/graph.ts';
import { whyNoCut } from '../../core/onnx/why-no-cut.ts';
import { probeCutSigns } from '../../core/pipeline/probe-cut-signs.ts';
import { describeModel, type ModelDescription } from '../../core/pipeline/model-intake.ts';
import { TASKS, type ModelScores } from '../../core/score/model-scores.ts';
import { percentText } from '../../core/wording/number-text.ts';
import { preprocessingText } from '../../core/wording/preprocessing-words.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { imageFindingsText, inspectImages } from './inspect-images.ts';
import { errorText } from './error-text.ts';
import { INTAKE_OPTIONS, optionTable, readOptions } from './option-arguments.ts';
import { misfitNotes } from './predict-notes.ts';
import { table } from './text-table.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** `inspect MODEL`: what the model takes and gives, which output is explained, and the tensors at which it can be cut. */
export async function inspect(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, {
    ...optionTable(['images', ...INTAKE_OPTIONS]),
    json: { type: 'boolean' },
  });
  const [path, ...more] = args.positionals;
  if (path === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', `inspect takes one model file, got ${args.positionals.length}.`, {
      hint: 'tessera inspect MODEL.onnx',
    });
  }
  const environment = createNodeEnvironment();
  const { images, ...said } = readOptions(args);
  const description = await describeModel(environment.storage, path, said);
  const { intake } = description;
  const minima =
    intake === undefined || intake.cutPoints.length === 0
      ? new Map<string, number>()
      : await probeCutSigns(intake, (await environment.openDevice('cpu')).sessions);
  const facts = inspection(description, minima);
  const seen = images && intake && (await inspectImages(environment, intake, images));
  if (args.flag('json')) {
    console.log(JSON.stringify({ ...facts, ...seen }, null, 2));
    return;
  }
  const used = presetOf(description.preprocessing.preprocessing);
  console.log(
    shownName([asText(facts), ...(seen ? ['', imageFindingsText(seen, used)].flat() : [])].join('\n')),
  );
}

/** The stable fields of `inspect --json`. */
function inspection(
  { path, sha256, signature, outputs, choice, preprocessing, intake }: ModelDescription,
  minima: ReadonlyMap<string, number>,
) {
  const { input, opset } = signature;
  return {
    model: path,
    sha256,
    opset,
    inputs: [{ name: input.name, type: input.type, dims: input.dims.map(shown), layout: input.layout }],
    outputs: outputs.map(({ name, type, declared, role, reason }) => ({
      name,
      type,
      shape: declared.map(shown),
      role,
      reason,
    })),
    score: choice.kind === 'chosen' ? scoreFacts(choice.scores) : null,
    isAssumed: choice.kind === 'chosen' ? (choice.isAssumed ?? false) : null,
    mustChoose: choice.kind === 'ask' ? choice.names : [],
    problem: choice.kind === 'chosen' ? null : errorText(choice.problem),
    // Why nothing but the scores themselves could be explained, where that is so.
    noCut: intake && intake.cutPoints.length === 0 ? whyNoCut(intake.model, intake.inputDims) : null,
    freeBatch: intake?.hasFreeBatch ?? null,
    labels: intake ? labelFacts(intake.labels) : null,
    preprocessing,
    cutPoints: (intake?.cutPoints ?? []).map(({ tensor, shape, kind, computeShare, proposed }) => {
      const minValue = minima.get(tensor);
      return { tensor, shape, kind, minValue: minValue ?? null, computeShare, proposed };
    }),
  };
}

function labelFacts({ source, names, misfit }: Labels) {
  return { source, first: names.slice(0, 5), ...(misfit && { misfit }) };
}

/** What the scores mean, as commands tell it; a number or vector has no classes. */
export function scoreFacts({ output, task, activation, classes, threshold, quantity, unit }: ModelScores) {
  return {
    output,
    task,
    activation,
    classes: classes.length === 0 ? null : classes,
    ...(threshold !== undefined && { threshold }),
    ...(quantity !== undefined && { quantity }),
    ...(unit !== undefined && { unit }),
  };
}

function shown(dim: Dimension): number | string {
  return dim ?? '?';
}

function asText(facts: ReturnType<typeof inspection>): string {
  const [input] = facts.inputs;
  const { preprocessing, reason } = facts.preprocessing;
  const rows = facts.cutPoints.map(({ tensor, shape, kind, minValue, computeShare, proposed }) => [
    proposed ? '→' : ' ',
    tensor,
    shape.join(' x '),
    kind,
    minValue === null ? '?' : minValue < 0 ? 'signed' : '≥ 0',
    percentText(computeShare),
  ]);
  const outputs = facts.outputs.map(({ name, shape, role, reason: why }) => [
    facts.score?.output === name ? '→' : ' ',
    `${name} [${shape.join(', ')}]`,
    role,
    why,
  ]);
  return [
    `input          ${input.name} [${input.dims.join(', ')}] ${input.type}, ${input.layout}`,
    `operator set   ${facts.opset}`,
    `preprocessing  ${preprocessingText(preprocessing)} (${reason})`,
    ...(facts.labels ? misfitNotes(facts.labels) : []),
    '',
    ...table([[' ', 'output', 'role', 'why'], ...outputs]),
    '',
    ...(facts.problem === null ? explainedText(facts) : [facts.problem]),
    ...(facts.noCut === null
      ? []
      : ['', `${facts.noCut} tessera maps shows where in pictures its answers come from.`]),
    ...(rows.length > 0
      ? [
          '',
          ...table([[' ', 'cut point', 'shape', 'kind', 'sign', 'compute before'], ...rows]),
          '',
          '→ proposed: the last picture-shaped (or token) tensor before the model pools it away',
        ]
      : []),
  ].join('\n');
}

function explainedText({ score, isAssumed, labels, outputs }: ReturnType<typeof inspection>): string[] {
  if (score === null) return [];
  const { output, task, activation, classes, threshold, quantity, unit } = score;
  const ends = activation === 'none' ? '' : `, explained before its ${activation}`;
  const isGuess = isAssumed === true;
  const assumed = isGuess ? ', assumed: nothing says otherwise; see --task' : '';
  const others = outputs.filter(({ name, role }) => name !== output && role === 'scores');
  return [
    `explained      ${output}: ${TASKS[task].toLowerCase()} (${task})${ends}${assumed}`,
    ...(others.length === 0
      ? []
      : [`               not ${others.map(({ name }) => name).join(', ')}; see --output`]),
    ...(classes === null
      ? []
      : [
          `labels         ${labels!.first.join(' · ')}${classes.length > 5 ? ' …' : ''} (${classes.length}, ${labels!.source})`,
        ]),
    ...(quantity === undefined
      ? []
      : [`quantity       ${quantity}${unit === undefined ? '' : ` in ${unit}`}`]),
    ...(threshold === undefined ? [] : [`threshold      ${threshold}`]),
  ];
}
