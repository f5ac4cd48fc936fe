import { describe, expect, it } from 'vitest';
import { encodeGraph } from '../../../core/onnx/graph-proto.ts';
import { modelFields, type FunctionMessage, type NodeMessage } from '../../../core/onnx/messages.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { writeMessage } from '../../../core/onnx/wire-format.ts';
import { float32 } from '../../../core/tensor.ts';
import { smallModel } from '../autodiff/graphs.ts';
import { runModel } from './ort-sessions.ts';

const own = 'own.functions';
const opsets = [
  { domain: '', version: 17n },
  { domain: own, version: 1n },
];
const node = (
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  more: Partial<NodeMessage> = {},
): Partial<NodeMessage> => ({ opType, inputs, outputs, attributes: [], ...more });

function fileWith(
  functions: readonly Partial<FunctionMessage>[],
  nodes: readonly Partial<NodeMessage>[],
): Uint8Array {
  const graph = encodeGraph(smallModel({ x: [2] }, [['Relu', ['x'], ['out']]]).graph);
  return writeMessage(modelFields, { irVersion: 8n, opsets, graph: { ...graph, nodes }, functions });
}

const slope: Partial<FunctionMessage> = {
  name: 'Leaky',
  domain: own,
  inputs: ['X'],
  outputs: ['Y'],
  opsets,
  nodes: [
    node('LeakyRelu', ['X'], ['inner'], {
      attributes: [{ name: 'alpha', referencedName: 'slope', type: 1 }],
    }),
    node('Neg', ['inner'], ['Y']),
  ],
  defaults: [{ name: 'slope', type: 1, f: 0.5 }],
};
const call = (input: string, output: string, more: Partial<NodeMessage> = {}) =>
  node('Leaky', [input], [output], { domain: own, name: `call_${output}`, ...more });

describe('functions of a file', () => {
  it('are put in place of their calls, with the attributes of the call or the usual ones', async () => {
    const given = { attributes: [{ name: 'slope', type: 1, f: 0.25 }] };
    const model = decodeModel(fileWith([slope], [call('x', 'mid', given), call('mid', 'out')]));
    expect(model.graph.nodes.map(({ opType, outputs }) => `${opType} ${outputs.join()}`)).toEqual([
      'LeakyRelu call_mid/inner',
      'Neg mid',
      'LeakyRelu call_out/inner',
      'Neg out',
    ]);
    const x = float32(Float32Array.of(-4, 2), [2]);
    expect([...((await runModel(model, { x }))['out'].data as Float32Array)]).toEqual([-1, 1]);
  });

  it('may call one another', () => {
    const twice: Partial<FunctionMessage> = {
      name: 'Twice',
      domain: own,
      inputs: ['a'],
      outputs: ['c'],
      opsets,
      nodes: [call('a', 'b'), call('b', 'c')],
    };
    const model = decodeModel(fileWith([slope, twice], [node('Twice', ['x'], ['out'], { domain: own })]));
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['LeakyRelu', 'Neg', 'LeakyRelu', 'Neg']);
    expect(model.graph.nodes.at(-1)?.outputs).toEqual(['out']);
  });

  it('are refused where they call themselves, or count on another operator set', () => {
    const endless: Partial<FunctionMessage> = { ...slope, nodes: [call('X', 'Y')] };
    expect(() => decodeModel(fileWith([endless], [call('x', 'out')]))).toThrow(
      'call one another without end',
    );
    const older = { ...slope, opsets: [{ domain: '', version: 13n }] };
    expect(() => decodeModel(fileWith([older], [call('x', 'out')]))).toThrow(
      'own.functions.Leaky is written for another operator set',
    );
  });
});
