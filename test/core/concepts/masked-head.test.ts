import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LayerRecord } from '../../../core/concepts/explanation.ts';
import { fromRows, positionsOf } from '../../../core/concepts/latent-rows.ts';
import { createPlainMaskedHead } from '../../../core/concepts/plain-masked-head.ts';
import { reconstruct } from '../../../core/concepts/reconstruct.ts';
import { createSpecialisedMaskedHead } from '../../../core/concepts/specialised-masked-head.ts';
import { matrix, rowView, type Matrix } from '../../../core/linalg/matrix.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { decodeModel, encodeModel } from '../../../core/onnx/proto.ts';
import { cutModel } from '../../../core/onnx/cut-model.ts';
import { decodeSafetensors } from '../../../core/project/safetensors.ts';
import { createRandom } from '../../../core/random.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import { jansen } from '../../../core/sensitivity/jansen.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { colourModel } from '../../fixtures/colour-model.ts';

const SHARED = path.join(import.meta.dirname, '../../../../shared');
const sessions = createSessionFactory({ device: 'cpu' });
const memoryBudget = 2 ** 28;

const COLOURS: LayerRecord = {
  tensor: 'colours',
  shape: [1, 3, 8, 8],
  kind: 'spatial',
  channelAxis: 1,
  grid: [8, 8],
  computeShare: 0.9,
};

function randomMatrix(rows: number, cols: number, seed: number): Matrix {
  const random = createRandom(seed);
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.uniform()),
  );
}

describe('specialised and plain head', () => {
  it('agree on random masks where the head has a non-linearity', async () => {
    const { head } = cutModel(colourModel({ squash: true }), 'colours');
    const bank = randomMatrix(4, 3, 1);
    const coefficients = randomMatrix(positionsOf(COLOURS), 4, 2);
    const masks = randomMatrix(50, 4, 3);
    const plain = await createPlainMaskedHead(head, COLOURS, bank, 1, sessions);
    const special = await createSpecialisedMaskedHead(head, COLOURS, bank, 1, { sessions, memoryBudget });
    const [want, logit] = [await plain.prepare(coefficients), await special.prepare(coefficients)];
    expect(logit.slopes).toBeUndefined();
    expect(await logit.evaluate(masks)).toBeAllclose(await want.evaluate(masks), { rtol: 1e-5, atol: 1e-6 });
    await plain.dispose();
    await special.dispose();
  });

  it('gives the slopes of an affine head, by hand', async () => {
    const { head } = cutModel(colourModel(), 'colours');
    // One concept a colour; each position holds 1 of red, 2 of green, none of blue.
    const bank = matrix(3, 3, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
    const coefficients = matrix(
      64,
      3,
      Float32Array.from({ length: 192 }, (_, i) => [1, 2, 0][i % 3]),
    );
    const special = await createSpecialisedMaskedHead(head, COLOURS, bank, 1, { sessions, memoryBudget });
    const logit = await special.prepare(coefficients);
    // The logit of green is ten times its mean.
    expect(logit.slopes).toBeAllclose([0, 20, 0], { atol: 1e-5 });
    const masks = matrix(2, 3, Float32Array.of(1, 1, 1, 1, 0.5, 0));
    expect(await logit.evaluate(masks)).toBeAllclose([20, 10], { rtol: 1e-6 });
    await special.dispose();
  });

  it.each([true, false])('takes what no concept explains as one more player (squash %s)', async (squash) => {
    const { head } = cutModel(colourModel({ squash }), 'colours');
    const bank = randomMatrix(4, 3, 1);
    const coefficients = randomMatrix(64, 4, 2);
    const own = randomMatrix(64, 3, 5);
    const masks = randomMatrix(20, 5, 3);
    masks.data.fill(1, 0, 5);
    const special = await createSpecialisedMaskedHead(head, COLOURS, bank, 1, { sessions, memoryBudget });
    const logits = await (
      await special.prepareWithRest(coefficients, fromRows(own, COLOURS))
    ).evaluate(masks);
    const session = await sessions.open(encodeModel(head));
    const explained = reconstruct(coefficients, bank);
    for (const row of [0, 1, 19]) {
      const mask = rowView(masks, row);
      const amounts = { ...coefficients, data: coefficients.data.map((u, i) => u * mask[i % 4]) };
      const masked = reconstruct(amounts, bank);
      const rows = {
        ...own,
        data: masked.data.map((value, i) => value + mask[4] * (own.data[i] - explained.data[i])),
      };
      const { data } = Object.values(await session.run({ colours: fromRows(rows, COLOURS) }))[0];
      expect(logits[row]).toBeCloseTo(Number(data[1]), 4);
    }
    await session.dispose();
    await special.dispose();
  });

  it('runs masks in parts when memory is short, with the same result', async () => {
    const { head } = cutModel(colourModel({ squash: true }), 'colours');
    const bank = randomMatrix(4, 3, 1);
    const coefficients = randomMatrix(64, 4, 2);
    const masks = randomMatrix(33, 4, 3);
    const outputs = [];
    for (const budget of [memoryBudget, 8 * 4 * 192 * 5]) {
      const special = await createSpecialisedMaskedHead(head, COLOURS, bank, 0, {
        sessions,
        memoryBudget: budget,
      });
      outputs.push(await (await special.prepare(coefficients)).evaluate(masks));
      await special.dispose();
    }
    expect(outputs[1]).toBeAllclose(outputs[0], { rtol: 1e-6, atol: 1e-6 });
  });
});

const REFERENCES = [
  { name: 'squeezenet1_1-parachute-r10', model: 'squeezenet1_1', cut: 'concat_61', classIndex: 701 },
  { name: 'mobilenet_v2-golf_ball-r10', model: 'mobilenet_v2', cut: 'conv62_relu6', classIndex: 574 },
];
const hasReference = existsSync(path.join(SHARED, 'reference/craft'));

describe.skipIf(!hasReference)(
  'deel-ai/Craft reference (needs ../shared/reference and ../shared/data)',
  () => {
    const open = ({ name, model, cut }: (typeof REFERENCES)[number]) => {
      const { tensors } = decodeSafetensors(
        readFileSync(path.join(SHARED, `reference/craft/${name}.safetensors`)),
      );
      const tensor = (key: string): Tensor<'float32'> => tensors.get(key) as Tensor<'float32'>;
      const [, channels, rows, cols] = tensor('latent').dims;
      const layer: LayerRecord = {
        tensor: cut,
        shape: [1, channels, rows, cols],
        kind: 'spatial',
        channelAxis: 1,
        grid: [rows, cols],
        computeShare: 0.7,
      };
      const { dims, data } = tensor('concept_bank_W');
      // Its shape says [r, p], but the values lie column by column.
      const bank = transpose(matrix(dims[1], dims[0], data));
      const [images, , , r] = tensor('coefficients_U').dims;
      const positions = rows * cols;
      const coefficients = Array.from({ length: images }, (_, image) =>
        matrix(
          positions,
          r,
          tensor('coefficients_U').data.slice(image * positions * r, (image + 1) * positions * r),
        ),
      );
      const masks = matrix(tensor('masks').dims[0], r, tensor('masks').data);
      const onnx = decodeModel(readFileSync(path.join(SHARED, `data/models/${model}.onnx`)));
      const { head } = cutModel(onnx, cut);
      return { tensor, layer, bank, coefficients, masks, head };
    };

    it.each(REFERENCES)(
      '$name: outputs and total indices through the specialised head',
      async (reference) => {
        const { tensor, layer, bank, coefficients, masks, head } = open(reference);
        const special = await createSpecialisedMaskedHead(head, layer, bank, reference.classIndex, {
          sessions,
          memoryBudget,
        });
        for (const [image, own] of coefficients.entries()) {
          const outputs = await (await special.prepare(own)).evaluate(masks);
          const want = tensor('sobol_outputs').data.subarray(image * masks.rows, (image + 1) * masks.rows);
          expect(outputs).toBeCloseInNorm(want, 1e-3);
          const indices = tensor('total_indices').data.subarray(image * bank.rows, (image + 1) * bank.rows);
          const { indices: got } = jansen(outputs, bank.rows, { convention: 'craft' });
          expect(got).toBeAllclose(indices, { atol: 1e-3 });
        }
        await special.dispose();
      },
    );

    it.each(REFERENCES)('$name: the plain head gives the same outputs', async (reference) => {
      const { tensor, layer, bank, coefficients, masks, head } = open(reference);
      const plain = await createPlainMaskedHead(head, layer, bank, reference.classIndex, sessions);
      const few = matrix(64, masks.cols, masks.data.subarray(0, 64 * masks.cols));
      const outputs = await (await plain.prepare(coefficients[0])).evaluate(few);
      expect(outputs).toBeCloseInNorm(tensor('sobol_outputs').data.subarray(0, 64), 1e-3);
      await plain.dispose();
    });
  },
);
