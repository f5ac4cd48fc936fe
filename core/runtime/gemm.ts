import { invariant } from '../errors.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { sparseMatrix } from '../linalg/sparse-kernel.ts';
import type { Attribute, Model, ValueInfo } from '../onnx/graph.ts';
import { encodeModel } from '../onnx/proto.ts';
import type { BoundMatrix, Gemm, Session, SessionFactory } from '../platform.ts';
import { expectFloat32, float32, type Tensor } from '../tensor.ts';

/**
 * Large matrix products through ONNX Runtime, on whatever device the sessions run.
 *
 * On the CPU A is fed with each product, which copies nothing: making it a constant of the model makes a product
 * about a third faster (measured 110 to 125 against 74 to 81 GFLOP/s at 12250 x 1280, r = 25) but costs a model load for
 * each of the two products, as long as some seventy pairs of products, and more than one iteration count of NMF needs.
 * On any other device A is a constant, uploaded once for each of the two products, in blocks
 * of rows no larger than `blockBytes` (a model file ends at 2 GB, a WebGPU buffer often at 128 MiB).
 *
 * Activations behind a ReLU are mostly zero: where at most {@link MAX_DENSITY} of A is not, the CPU multiplies its entries
 * only, in WebAssembly on threads (measured at 12250 x 1280 with 14 % of entries, r = 25, one thread: 7 ms against 35 ms).
 */
export function createGemm(sessions: SessionFactory, { blockBytes = 2 ** 27 } = {}): Gemm {
  let fed: Promise<FedProducts> | undefined;
  return {
    async bind(a) {
      fed ??= openFed(sessions);
      const products = await fed;
      const onDevice = products.timesTransposed.device !== 'cpu' && a.data.length > 0;
      if (onDevice) return guarded(a, await bindConstant(sessions, a, blockBytes));
      const sparse = sessions.threads && sparseMatrix(a, MAX_DENSITY, sessions.threads);
      return guarded(a, sparse ?? bindFed(products, a));
    },
  };
}

/** Share of entries that are not zero up to which skipping zeros is faster than dense products, with room to spare. */
const MAX_DENSITY = 0.25;

/** The two products of a matrix whose operands were checked. */
interface Products {
  timesTransposed(b: Matrix): Promise<Matrix>;
  transposedTimes(b: Matrix): Promise<Matrix>;
  descendRows?: BoundMatrix['descendRows'];
  dispose(): Promise<void>;
}

function guarded(a: Matrix, products: Products): BoundMatrix {
  const { rows, cols } = a;
  const isEmpty = rows === 0 || cols === 0;
  return {
    rows,
    cols,
    async timesTransposed(b) {
      invariant(b.cols === cols, `gemm: A · Bᵀ needs B of ${cols} columns, got ${b.cols}`);
      return isEmpty || b.rows === 0 ? matrix(rows, b.rows) : products.timesTransposed(b);
    },
    async transposedTimes(b) {
      invariant(b.rows === rows, `gemm: Bᵀ · A needs B of ${rows} rows, got ${b.rows}`);
      return isEmpty || b.cols === 0 ? matrix(b.cols, cols) : products.transposedTimes(b);
    },
    ...(products.descendRows && { descendRows: (request) => products.descendRows!(request) }),
    dispose: () => products.dispose(),
  };
}

interface FedProducts {
  readonly timesTransposed: Session;
  readonly transposedTimes: Session;
}

async function openFed(sessions: SessionFactory): Promise<FedProducts> {
  return {
    timesTransposed: await sessions.open(timesTransposedModel()),
    transposedTimes: await sessions.open(transposedTimesModel()),
  };
}

function bindFed(fed: FedProducts, a: Matrix): Products {
  const A = toTensor(a);
  return {
    timesTransposed: (b) => product(fed.timesTransposed, { A, B: toTensor(b) }),
    transposedTimes: (b) => product(fed.transposedTimes, { A, B: toTensor(b) }),
    // The sessions hold nothing of A and serve every other matrix too.
    dispose: () => Promise.resolve(),
  };
}

interface Block extends FedProducts {
  readonly firstRow: number;
  readonly rows: number;
}

async function bindConstant(sessions: SessionFactory, a: Matrix, blockBytes: number): Promise<Products> {
  const blockRows = Math.max(1, Math.floor(blockBytes / (4 * a.cols)));
  const blocks: Block[] = [];
  const dispose = async () => {
    for (const block of blocks) {
      await block.timesTransposed.dispose();
      await block.transposedTimes.dispose();
    }
  };
  try {
    for (let firstRow = 0; firstRow < a.rows; firstRow += blockRows) {
      blocks.push(await openBlock(sessions, a, firstRow, Math.min(blockRows, a.rows - firstRow)));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    timesTransposed: (b) => stackRows(a.rows, blocks, b),
    transposedTimes: (b) => sumBlocks(a.cols, blocks, b),
    dispose,
  };
}

async function openBlock(
  sessions: SessionFactory,
  { cols, data }: Matrix,
  firstRow: number,
  rows: number,
): Promise<Block> {
  const constant = float32(data.subarray(firstRow * cols, (firstRow + rows) * cols), [rows, cols]);
  const timesTransposed = await sessions.open(timesTransposedModel(constant));
  try {
    return {
      firstRow,
      rows,
      timesTransposed,
      transposedTimes: await sessions.open(transposedTimesModel(constant)),
    };
  } catch (error) {
    await timesTransposed.dispose();
    throw error;
  }
}

async function stackRows(rows: number, blocks: readonly Block[], b: Matrix): Promise<Matrix> {
  const result = matrix(rows, b.rows);
  for (const block of blocks) {
    const part = await product(block.timesTransposed, { B: toTensor(b) });
    result.data.set(part.data, block.firstRow * b.rows);
  }
  return result;
}

async function sumBlocks(cols: number, blocks: readonly Block[], b: Matrix): Promise<Matrix> {
  const result = matrix(b.cols, cols);
  for (const { firstRow, rows, transposedTimes } of blocks) {
    const slice = b.data.subarray(firstRow * b.cols, (firstRow + rows) * b.cols);
    const { data } = await product(transposedTimes, { B: float32(slice, [rows, b.cols]) });
    for (let i = 0; i < data.length; i++) result.data[i] += data[i];
  }
  return result;
}

function toTensor({ rows, cols, data }: Matrix): Tensor<'float32'> {
  return float32(data, [rows, cols]);
}

async function product(session: Session, feeds: Readonly<Record<string, Tensor>>): Promise<Matrix> {
  const { dims, data } = expectFloat32((await session.run(feeds))['Y'], 'Y');
  return { rows: dims[0], cols: dims[1], data };
}

/** Y = A · Bᵀ; A is an input unless given. */
function timesTransposedModel(constant?: Tensor<'float32'>): Uint8Array {
  return productModel(['A', 'B'], 'transB', constant);
}

/** Y = Bᵀ · A; A is an input unless given. */
function transposedTimesModel(constant?: Tensor<'float32'>): Uint8Array {
  return productModel(['B', 'A'], 'transA', constant);
}

function productModel(
  operands: readonly [string, string],
  transposed: 'transA' | 'transB',
  constant: Tensor<'float32'> | undefined,
): Uint8Array {
  const value = (name: string): ValueInfo => ({ name, type: 'float32', dims: [`${name}0`, `${name}1`] });
  const attributes = new Map<string, Attribute>([[transposed, { type: 'int', value: 1 }]]);
  const model: Model = {
    irVersion: 8,
    opsets: new Map([['', 17]]),
    producer: 'tessera',
    metadata: new Map(),
    graph: {
      name: 'product',
      inputs: constant === undefined ? [value('A'), value('B')] : [value('B')],
      outputs: [value('Y')],
      nodes: [{ name: 'product', opType: 'Gemm', domain: '', inputs: operands, outputs: ['Y'], attributes }],
      initializers: new Map(constant === undefined ? [] : [['A', constant]]),
      valueInfo: new Map(),
    },
  };
  return encodeModel(model);
}
