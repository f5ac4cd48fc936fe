import { activeOf, buildBank, type Bank } from '../../concepts/bank.ts';
import type { RefinedFigures } from '../../concepts/explanation.ts';
import type { RunOptions } from '../../concepts/run-options.ts';
import { TesseraError } from '../../errors.ts';
import { matrixTensor, tensorMatrix } from '../../linalg/matrix-tensor.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { StageEntry, StagePiece } from '../../project/stage-entry.ts';
import { expectFloat32 } from '../../tensor.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import { buildRefinedBank } from '../refined-bank.ts';
import { defineStage, type StageContext } from '../stage.ts';
import type { ConceptBank } from '../concept-bank.ts';
import type { SharedBank } from '../shared-bank.ts';
import { rowsStage } from './rows.ts';

/** Sweeps at most. */
const MAX_ITER = 200;

/** The concepts: one direction a row of the bank (CRAFT, section 3.1), made of the rows or shared with other classes. */
export const bankStage = defineStage({
  name: 'bank',
  inputs: { rows: rowsStage },
  facts: ['sharedBank'],
  version: 4,
  compute: findConcepts,
});

type BankContext = StageContext<
  'bank',
  'intake' | 'device' | 'layer' | 'images' | 'sharedBank',
  { readonly rows: typeof rowsStage }
>;

async function findConcepts(context: BankContext): Promise<ConceptBank> {
  const { inputs, options, entry, sharedBank } = context;
  if (sharedBank === null) requireRows(inputs.rows.activations, options.concepts);
  const { tensors, value } = await entry.get(0, async () => {
    const { coefficients, conceptBank, ...made } =
      sharedBank === null ? await factorised(context) : await codedBy(context, sharedBank.bank);
    return {
      tensors: new Map([
        ['coefficients', matrixTensor(coefficients)],
        ['conceptBank', matrixTensor(conceptBank)],
      ]),
      value: made,
    };
  });
  return bankIn({ tensors, value }, options);
}

/** What is stored beside the arrays of a bank. */
type BankFacts = Omit<ConceptBank, 'coefficients' | 'conceptBank'>;

function bankIn(
  { tensors, value }: { readonly tensors: StagePiece['tensors']; readonly value: BankFacts },
  options: Parameters<typeof activeOf>[0],
): ConceptBank {
  const matrixOf = (name: string): Matrix => tensorMatrix(expectFloat32(tensors.get(name), name));
  const active = activeOf(options);
  const conceptBank = { ...matrixOf('conceptBank'), ...(active !== undefined && { active }) };
  return { coefficients: matrixOf('coefficients'), conceptBank, ...value };
}

/** The bank where it is stored whole, without the rows that it was made of; else undefined. */
export async function storedBank(
  entry: StageEntry,
  options: Parameters<typeof activeOf>[0],
): Promise<ConceptBank | undefined> {
  const piece = await entry.read(0);
  return piece && bankIn({ ...piece, value: piece.value as unknown as BankFacts }, options);
}

/** The rows in the terms of concepts that others made. */
async function codedBy(
  { inputs, device, signal }: BankContext,
  shared: SharedBank['bank'],
): Promise<ConceptBank> {
  const { coefficients } = await codesOf(inputs.rows.activations, shared.conceptBank, {
    gemm: device.gemm,
    ...(signal && { signal }),
  });
  return { ...shared, coefficients };
}

async function factorised(context: BankContext): Promise<ConceptBank> {
  const { inputs, options, device, onProgress, signal } = context;
  const asked = {
    gemm: device.gemm,
    seed: options.seed,
    active: activeOf(options),
    maxIter: MAX_ITER,
    onIteration: (done: number) => onProgress({ stage: 'concepts', done, total: MAX_ITER }),
    ...(signal && { signal }),
  };
  const bank: Bank & { readonly refined?: RefinedFigures } = options.refine
    ? await buildRefinedBank(context, inputs.rows, { ...asked, concepts: options.concepts })
    : await buildBank(inputs.rows.activations, options.concepts, asked);
  onProgress({ stage: 'concepts', done: MAX_ITER, total: MAX_ITER });
  const { coefficients, conceptBank, method, status, stats, refined } = bank;
  return {
    coefficients,
    conceptBank,
    method,
    status,
    iterations: stats.iterations,
    ...(refined && { refined }),
  };
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
