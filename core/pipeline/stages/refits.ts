import { matrixTensor, tensorMatrix } from '../../linalg/matrix-tensor.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { invariant } from '../../errors.ts';
import type { Tensor } from '../../tensor.ts';
import { expectFloat32 } from '../../tensor.ts';
import { filesByContent, firstOfEach } from '../evaluation/alike-images.ts';
import type { MadeAgain } from '../concept-bank.ts';
import { makeAgain } from '../evaluation/refits.ts';
import { refitPlan } from '../evaluation/plan.ts';
import { defineStage } from '../stage.ts';
import { bankStage } from './bank.ts';
import { rowsStage } from './rows.ts';

/** A bank made again several times, which says whether other samples give the same concepts: of a bank of all classes once. */
export const refitsStage = defineStage({
  name: 'refits',
  inputs: { rows: rowsStage, bank: bankStage },
  facts: [],
  version: 1,
  compute: async (context): Promise<MadeAgain> => {
    const { inputs, options, images, entry } = context;
    const { conceptBank } = inputs.bank;
    const { evaluate: level } = options;
    invariant(level !== 'none', 'an evaluation that is not wanted');
    const { tensors, value } = await entry.get(0, async () => {
      const first = firstOfEach(filesByContent(images));
      const subject = { rows: inputs.rows, conceptBank, first };
      const made = await makeAgain(context, subject, refitPlan(level, conceptBank.rows), () => undefined);
      return storedRefits(made);
    });
    const { active } = conceptBank;
    const bankAt = (name: string): CodedBank => ({
      ...tensorMatrix(expectFloat32(tensors.get(name), name)),
      ...(active !== undefined && { active }),
    });
    return {
      seeds: Array.from({ length: value.seeds }, (_, at) => bankAt(`seed.${at}`)),
      bootstraps: value.seen.map((seen, at) => ({ bank: bankAt(`bootstrap.${at}`), seen })),
    };
  },
});

function storedRefits({ seeds, bootstraps }: MadeAgain) {
  const tensors = new Map<string, Tensor>([
    ...seeds.map((bank, at): [string, Tensor] => [`seed.${at}`, matrixTensor(bank)]),
    ...bootstraps.map(({ bank }, at): [string, Tensor] => [`bootstrap.${at}`, matrixTensor(bank)]),
  ]);
  return { tensors, value: { seeds: seeds.length, seen: bootstraps.map(({ seen }) => seen) } };
}
