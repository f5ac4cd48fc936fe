import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBackwardRunner } from '../../../core/attribution/backward-runner.ts';
import { vjp } from '../../../core/autodiff/vjp.ts';
import { createConceptTargets, type ConceptObjective } from '../../../core/concepts/concept-objective.ts';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import type { CodedBank } from '../../../core/linalg/coded-bank.ts';
import { matrix } from '../../../core/linalg/matrix.ts';
import { transpose } from '../../../core/linalg/transpose.ts';

import { decodeModel, encodeModel } from '../../../core/onnx/proto.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import { decodeSafetensors } from '../../../core/project/safetensors.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';

const SHARED = path.join(import.meta.dirname, '../../../../shared');
const sessions = createSessionFactory({ device: 'cpu' });

describe('createConceptTargets()', () => {
  // Two positions, two channels; the bank's concepts overlap.
  const layer: LayerRecord = {
    tensor: 'a',
    shape: [1, 2, 1, 2],
    kind: 'spatial',
    channelAxis: 1,
    grid: [1, 2],
    computeShare: 1,
  };
  const bank = matrix(2, 2, Float32Array.of(1, 0, 0.6, 0.8));
  const x = float32(Float32Array.of(3, 1, 1, 2), layer.shape);
  const of = (objective: ConceptObjective, concepts = [0, 1], conceptBank: CodedBank = bank) =>
    createConceptTargets({
      layer,
      conceptBank,
      concepts,
      objective,
      dims: layer.shape,
      channelAxis: 1,
      forward: (batch) => Promise.resolve(batch),
    });

  it.each(['sum', 'mean', 'energy', { position: 1 }] as const)(
    'gradients of %o agree with central differences',
    async (objective) => {
      const targets = of(objective);
      const { values, gradients } = await targets.gradients(x);
      expect(values).toBeAllclose(await targets.values(x), { rtol: 1e-6 });
      const step = 2 ** -6;
      for (let i = 0; i < x.data.length; i++) {
        const moved = [step, -step].map((change) =>
          targets.values(
            float32(
              x.data.map((value, j) => (i === j ? value + change : value)),
              x.dims,
            ),
          ),
        );
        const [up, down] = await Promise.all(moved);
        for (const k of [0, 1])
          // u is piecewise linear, so that a central difference of it or its square is exact up to float32 rounding.
          expect([gradients[k * 4 + i]]).toBeAllclose([(up[k] - down[k]) / (2 * step)], { atol: 1e-4 });
      }
    },
  );

  it('follow a bank that allows a position one concept, where gradients are of the one that is chosen', async () => {
    const targets = of('sum', [0, 1], { ...bank, active: 1 });
    const { values, gradients } = await targets.gradients(x);
    // (3, 1) is nearer to (1, 0), (1, 2) nearer to (0.6, 0.8).
    expect(values).toBeAllclose([3, 2.2], { rtol: 1e-6 });
    expect(gradients).toBeAllclose([1, 0, 0, 0, 0, 0.6, 0, 0.8], { atol: 1e-6 });
    expect(targets.positions).toEqual({ total: 2, nearDegenerate: 0 });
  });

  it('gives only the concepts asked for, and counts uncertain positions', async () => {
    const all = await of('sum').gradients(x);
    const targets = of('sum', [1]);
    const { values, gradients } = await targets.gradients(x);
    expect([...values]).toEqual([all.values[1]]);
    expect([...gradients]).toEqual([...all.gradients.slice(4)]);
    expect(targets.positions).toEqual({ total: 2, nearDegenerate: 0 });
  });
});

const REFERENCES = [
  { name: 'squeezenet1_1-parachute-r10', model: 'squeezenet1_1', cut: 'concat_61' },
  { name: 'mobilenet_v2-golf_ball-r10', model: 'mobilenet_v2', cut: 'conv62_relu6' },
];
const hasReference = existsSync(path.join(SHARED, 'reference/craft'));

/** Pixels as the two models were given them; the reference says how. */
function toInput(pixels: Uint8Array, isNhwc: boolean): Float32Array {
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const plane = pixels.length / 3;
  return Float32Array.from(pixels, (_, at) => {
    if (isNhwc) return pixels[at] / 127.5 - 1;
    const channel = Math.floor(at / plane);
    return (pixels[(at % plane) * 3 + channel] / 255 - mean[channel]) / std[channel];
  });
}

describe.skipIf(!hasReference)(
  'concept gradients of the CRAFT reference (needs ../shared/reference and ../shared/data)',
  () => {
    it.each(REFERENCES)('$name: from the bank and the stored pixels', async ({ name, model, cut }) => {
      const file = path.join(SHARED, `reference/craft/${name}`);
      const { tensors } = decodeSafetensors(readFileSync(`${file}.safetensors`));
      const { gradient_concepts: concepts } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as {
        gradient_concepts: number[];
      };
      const tensor = (key: string): Tensor<'float32'> => tensors.get(key) as Tensor<'float32'>;
      const onnx = decodeModel(readFileSync(path.join(SHARED, `data/models/${model}.onnx`)));
      const [input] = onnx.graph.inputs;
      const isNhwc = input.dims?.[3] === 3;
      const dims = isNhwc ? [1, 224, 224, 3] : [1, 3, 224, 224];
      const pixels = (tensors.get('images_u8') as Tensor<'uint8'>).data.subarray(0, 224 * 224 * 3);
      const [, channels, rows, cols] = tensor('latent').dims;
      const inputDims = new Map([[input.name, dims]]);
      const latent = await sessions.open(encodeModel(cutModel(onnx, cut, inputDims).latent));
      const backward = createBackwardRunner(vjp(onnx, { from: input.name, to: cut, inputDims }), sessions);
      const bank = tensor('concept_bank_W');
      const targets = createConceptTargets({
        layer: {
          tensor: cut,
          shape: [1, channels, rows, cols],
          kind: 'spatial',
          channelAxis: 1,
          grid: [rows, cols],
          computeShare: 1,
        },
        // Its shape says [r, p], but the values lie column by column.
        conceptBank: transpose(matrix(bank.dims[1], bank.dims[0], bank.data)),
        concepts,
        dims,
        channelAxis: isNhwc ? 3 : 1,
        forward: async (batch) =>
          Object.values(await latent.run({ [input.name]: batch }))[0] as Tensor<'float32'>,
        backward: () => backward,
      });
      const { gradients } = await targets.gradients(float32(toInput(pixels, isNhwc), dims));
      expect(gradients).toBeCloseInNorm(tensor('concept_input_gradient_image0').data, 1e-3);
      await latent.dispose();
      await backward.dispose();
    });
  },
);
