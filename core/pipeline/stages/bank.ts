import { activeOf, buildBank, type Bank } from '../../concepts/bank.ts';
import type { RefinedFigures } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import { TesseraError } from '../../errors.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { matrixTensor, tensorMatrix } from '../../linalg/matrix-tensor.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import { expectFloat32 } from '../../tensor.ts';
import { buildRefinedBank } from '../refined-bank.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { rowsStage } from './rows.ts';

/** The factorisation A ≈ U W of the activation rows. */
export interface ConceptBank {
  /** U [n, r] */
  readonly coefficients: Matrix;
  /** W [r, p], with how many of them a row may have. */
  readonly conceptBank: CodedBank;
  readonly method: 'nmf' | 'semi-nmf';
  readonly status: string;
  readonly iterations: number;
  /** What refining it gained; absent where it was not refined. */
  readonly refined?: RefinedFigures;
}

/** Sweeps at most. */
const MAX_ITER = 200;

/** The concepts: one direction a row of the bank (CRAFT, section 3.1). */
export const bankStage = defineStage({
  name: 'bank',
  inputs: { rows: rowsStage },
  facts: [],
  version: 3,
  compute: findConcepts,
});

type BankContext = StageContext<
  'bank',
  'intake' | 'device' | 'layer' | 'images',
  { readonly rows: typeof rowsStage }
>;

async function findConcepts(context: BankContext): Promise<ConceptBank> {
  const { inputs, options, entry } = context;
  requireRows(inputs.rows.activations, options.concepts);
  const { tensors, value } = await entry.get(0, async () => {
    const { coefficients, conceptBank, method, status, stats, refined } = await factorised(context);
    return {
      tensors: new Map([
        ['coefficients', matrixTensor(coefficients)],
        ['conceptBank', matrixTensor(conceptBank)],
      ]),
      value: { method, status, iterations: stats.iterations, ...(refined && { refined }) },
    };
  });
  const matrixOf = (name: string): Matrix => tensorMatrix(expectFloat32(tensors.get(name), name));
  const active = activeOf(options);
  const conceptBank = { ...matrixOf('conceptBank'), ...(active !== undefined && { active }) };
  return { coefficients: matrixOf('coefficients'), conceptBank, ...value };
}

async function factorised(context: BankContext): Promise<Bank & { readonly refined?: RefinedFigures }> {
  const { inputs, options, device, onProgress, signal } = context;
  const asked = {
    gemm: device.gemm,
    seed: options.seed,
    active: activeOf(options),
    maxIter: MAX_ITER,
    onIteration: (done: number) => onProgress({ stage: 'concepts', done, total: MAX_ITER }),
    ...(signal && { signal }),
  };
  const bank = options.refine
    ? await buildRefinedBank(context, inputs.rows, { ...asked, concepts: options.concepts })
    : await buildBank(inputs.rows.activations, options.concepts, asked);
  onProgress({ stage: 'concepts', done: MAX_ITER, total: MAX_ITER });
  return bank;
}

/** A factorisation has at most as many concepts as rows; known here, where images may prove to be too few. */
function requireRows({ rows }: Matrix, concepts: RunOptions['concepts']): void {
  if (concepts === 'auto' || concepts <= rows) return;
  throw new TesseraError(
    'bad-usage',
    `The images give ${rows} rows of activations, which allow at most as many concepts; got ${concepts}.`,
    {
      hint: 'Ask for fewer concepts, give more images, or take more rows an image.',
      options: ['concepts', 'images', 'rows=crops'],
    },
  );
}
