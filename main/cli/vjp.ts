import { partBetween } from '../../core/autodiff/part-between.ts';
import { vjp as backwardOf, type BackwardModel } from '../../core/autodiff/vjp.ts';
import { TesseraError } from '../../core/errors.ts';
import { loadModel } from '../../core/onnx/load-model.ts';
import { prepareModel } from '../../core/onnx/prepare/prepare-model.ts';
import { roundsValues } from '../../core/onnx/quantised.ts';
import { encodeModel } from '../../core/onnx/proto.ts';
import { decodeSafetensors, encodeSafetensors } from '../../core/project/safetensors.ts';
import { readInput } from '../../core/read-input.ts';
import type { Tensor } from '../../core/tensor.ts';
import { ROUNDED_GRADIENTS } from '../../core/wording/map-words.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';

const TABLE: OptionTable = {
  from: { type: 'string' },
  to: { type: 'string' },
  tensors: { type: 'string' },
  out: { type: 'string' },
  write: { type: 'string' },
  ...optionTable(['device']),
  json: { type: 'boolean' },
};

/** `vjp MODEL`: the product of a cotangent with the Jacobian between two tensors, or the graph that computes it. */
export async function vjp(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const question = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const prepared = prepareModel(await loadModel(storage, question.model));
  if (roundsValues(prepared)) console.error(ROUNDED_GRADIENTS);
  const given =
    question.tensors === undefined
      ? undefined
      : decodeInput(await readInput(storage, question.tensors, 'bad-tensor'), question.tensors);
  const from = question.from ?? prepared.graph.inputs[0].name;
  const x = given && required(given, 'x', question.tensors!);
  const part = partBetween(prepared, { from, to: question.to, x });
  const backward = backwardOf(part.model, {
    from,
    to: question.to,
    inputDims: part.inputDims,
    cotangents: 'single',
  });
  const written: string[] = [];
  if (question.write !== undefined) {
    await storage.writeAtomic(question.write, encodeModel(backward.model));
    written.push(question.write);
  }
  if (given !== undefined && question.out !== undefined) {
    const device = await environment.openDevice(readOption(args, 'device') ?? 'cpu');
    const session = await device.sessions.open(encodeModel(backward.model));
    try {
      const { a, gx } = backward.outputs;
      const outputs = await session.run(feedsOf(backward, given, question));
      const result = new Map([
        ['a', outputs[a]],
        ['gx', outputs[gx]],
      ]);
      await storage.writeAtomic(question.out, encodeSafetensors(result, { from, to: question.to }));
      written.push(question.out);
    } finally {
      await session.dispose();
    }
  }
  tell(backward, from, question.to, written, args.flag('json'));
}

function decodeInput(bytes: Uint8Array, file: string): ReadonlyMap<string, Tensor> {
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    throw new TesseraError(error.code, `${file}: ${error.message}`, {
      hint: 'Write x and v with safetensors.numpy.save_file, or any other safetensors library.',
      cause: error,
    });
  }
}

interface Question {
  readonly model: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly tensors: string | undefined;
  readonly out: string | undefined;
  readonly write: string | undefined;
}

const USAGE_HINT =
  'tessera vjp MODEL --to TENSOR [--from TENSOR] --tensors IN.safetensors --out OUT.safetensors, or --write FILE.onnx.';

function readQuestion(args: ParsedArguments): Question {
  const [model, ...more] = args.positionals;
  const bad = (message: string): never => {
    throw new TesseraError('bad-usage', message, { hint: USAGE_HINT });
  };
  if (model === undefined || more.length > 0)
    return bad(`vjp takes one model file, got ${args.positionals.length}.`);
  const [to, tensors, out, write] = ['to', 'tensors', 'out', 'write'].map((name) => args.text(name));
  if (to === undefined) return bad('vjp needs --to: the tensor whose cotangent is given.');
  if ((tensors === undefined) !== (out === undefined))
    return bad(
      'vjp needs --tensors and --out together: the file to read x and v from, and the one to write.',
    );
  if (tensors === undefined && write === undefined)
    return bad('vjp needs --tensors and --out to compute a product, or --write to keep the backward graph.');
  return { model, from: args.text('from'), to, tensors, out, write };
}

/** Values for every input of the backward graph, checked. */
function feedsOf(
  { inputs, xDims, aDims }: BackwardModel,
  given: ReadonlyMap<string, Tensor>,
  { tensors, to }: Question,
): Record<string, Tensor> {
  const [x, v] = [required(given, 'x', tensors!), required(given, 'v', tensors!)];
  if (!isShape(x, xDims)) throw wrongShape('x', x, inputs.x, xDims);
  if (!isShape(v, aDims)) throw wrongShape('v', v, to, aDims);
  const others = inputs.others.map((name) => [name, required(given, name, tensors!)] as const);
  return { ...Object.fromEntries(others), [inputs.x]: x, [inputs.v]: v };
}

function isShape({ dims }: Tensor, wanted: readonly number[]): boolean {
  return dims.length === wanted.length && dims.every((size, axis) => size === wanted[axis]);
}

function required(given: ReadonlyMap<string, Tensor>, name: string, file: string): Tensor {
  const tensor = given.get(name);
  if (tensor === undefined) {
    const found = [...given.keys()].join(', ') || 'nothing';
    throw new TesseraError('bad-tensor', `${file} has no tensor "${name}"; it holds ${found}.`, {
      hint: '"x" is the value of the --from tensor, "v" a cotangent in the shape of the --to tensor.',
    });
  }
  if (tensor.type === 'float32' || (name !== 'x' && name !== 'v')) return tensor;
  throw new TesseraError('bad-tensor', `${file}: "${name}" is ${tensor.type}; expected float32.`, {
    hint: 'Write it as float32 (F32).',
  });
}

function wrongShape(
  key: string,
  { dims }: Tensor,
  tensor: string,
  wanted: readonly (number | string)[],
): TesseraError {
  return new TesseraError(
    'bad-tensor',
    `"${key}" has shape [${dims.join(', ')}], but tensor "${tensor}" has [${wanted.join(', ')}].`,
    { hint: key === 'v' ? 'One cotangent, with the batch of x.' : 'Give the value of the --from tensor.' },
  );
}

function tell(
  { inputs, outputs, xDims, aDims }: BackwardModel,
  from: string,
  to: string,
  written: readonly string[],
  asJson: boolean,
): void {
  if (asJson) {
    console.log(JSON.stringify({ from, to, inputs, outputs, xDims, aDims, written }, null, 2));
    return;
  }
  console.log(`${to} [${aDims.join(', ')}] by ${from} [${xDims.join(', ')}]`);
  console.log(`inputs ${inputs.x}, ${inputs.v}; outputs ${outputs.a}, ${outputs.gx}`);
  for (const file of written) console.log(`wrote ${file}`);
}
