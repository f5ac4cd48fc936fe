import type { Matrix } from '../../linalg/matrix.ts';
import type { MonitorModel } from '../../editing/monitor-graph.ts';
import { toFloat32 } from '../../onnx/half-floats.ts';
import type { Model } from '../../onnx/graph.ts';
import { encodeModel } from '../../onnx/proto.ts';
import { newElements } from '../../onnx/element-types.ts';
import type { Session, SessionFactory } from '../../platform.ts';
import type { ElementType, Tensor } from '../../tensor.ts';
import { sliceItems } from '../batch-items.ts';
import type { MeasuredImages } from '../measured-images.ts';

/** Pictures at once, where the model takes any number. */
const BATCH = 8;
/** Amounts may differ from the run's by so much of the concept's largest. */
export const AMOUNT_TOLERANCE = 1e-3;

/** How far a monitor's figures are from the run's, and its answers from the model's, in some pictures. */
export interface MonitorAgreement {
  readonly images: number;
  /** Relative to the largest of each concept in all pictures of the run. */
  readonly amounts: number;
  /** Relative to the largest contribution of any concept; absent where they are left out. */
  readonly contributions?: number;
  readonly rest: number;
  /** Largest difference of an answer, relative to the largest value of that output. */
  readonly answers: number;
  readonly tolerance: number;
  readonly status: 'reached' | 'not-reached';
}

/** A monitor, the model that it is made of, and pictures with what the run measured in them. */
export interface CheckedMonitor {
  readonly file: Model;
  readonly monitor: MonitorModel;
  readonly bytes: Uint8Array;
  /** Prepared pictures [n, …], and where the figures of each are in `measured`. */
  readonly pictures: Tensor<'float32'>;
  readonly at: readonly number[];
  readonly measured: MeasuredImages;
  /** Where the figures of each column of the monitor are in `measured`, and how many of the first have contributions. */
  readonly measuredAt: readonly number[];
  readonly contributing: number;
}

/** Runs both models over the pictures. Throws as sessions do. */
export async function checkMonitor(
  { file, monitor, bytes, pictures, at, measured, measuredAt, contributing }: CheckedMonitor,
  sessions: SessionFactory,
): Promise<MonitorAgreement> {
  const own = await sessions.open(encodeModel(file));
  const added = await sessions.open(bytes);
  const worst = { amounts: 0, contributions: 0, rest: 0, answers: 0 };
  const [units, effects] = [largestOf(measured.amounts), largestOf(measured.contributions)];
  const withEffect = measuredAt.slice(0, contributing);
  const effect = Math.max(...withEffect.map((column) => effects[column]));
  const batch = fixedBatch(file) ?? BATCH;
  let images = 0;
  try {
    for (let start = 0; start < at.length; start += batch) {
      const some = at.slice(start, start + batch);
      const feeds = feedOf(file, sliceItems(pictures, start, start + some.length), batch);
      const said = await runBoth(own, added, feeds, worst);
      const compare = (
        what: 'amounts' | 'contributions',
        name: string,
        columns: readonly number[],
        unit: (column: number) => number,
      ): void => {
        const got = said[name].data as Float32Array;
        const want = measured[what];
        some.forEach((place, i) =>
          columns.forEach((column, k) => {
            const wanted = want.data[place * want.cols + column];
            // Of further concepts, where a picture could be read only before.
            if (Number.isNaN(wanted)) return;
            const difference = Math.abs(got[i * columns.length + k] - wanted);
            worst[what] = larger(worst[what], difference / unit(column));
          }),
        );
      };
      compare('amounts', monitor.amounts, measuredAt, (column) => units[column]);
      if (monitor.contributions !== undefined)
        compare('contributions', monitor.contributions, withEffect, () => effect);
      const rests = said[monitor.rest].data as Float32Array;
      some.forEach(
        (place, i) => (worst.rest = larger(worst.rest, Math.abs(rests[i] - measured.rests[place]))),
      );
      images += some.length;
    }
  } finally {
    await own.dispose();
    await added.dispose();
  }
  const { contributions, ...others } = worst;
  return {
    images,
    ...others,
    ...(monitor.contributions !== undefined && { contributions }),
    tolerance: AMOUNT_TOLERANCE,
    status: worst.amounts <= AMOUNT_TOLERANCE ? 'reached' : 'not-reached',
  };
}

/** What is not a number differs without bound. */
function larger(a: number, b: number): number {
  return Number.isNaN(b) ? Infinity : Math.max(a, b);
}

/** What the monitor says; how far its answers are from the model's goes to `worst`. */
async function runBoth(
  own: Session,
  added: Session,
  feeds: Readonly<Record<string, Tensor>>,
  worst: { answers: number },
): Promise<Readonly<Record<string, Tensor>>> {
  const answers = await own.run(feeds);
  const said = await added.run(feeds);
  for (const [name, tensor] of Object.entries(answers)) {
    const [want, got] = [tensor, said[name]].map((one) => numbersOf(one));
    const unit = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    want.forEach((value, i) => (worst.answers = larger(worst.answers, Math.abs(got[i] - value) / unit)));
  }
  return said;
}

function numbersOf(tensor: Tensor): Float64Array {
  if (tensor.type === 'string') return new Float64Array(0);
  return Float64Array.from(toFloat32(tensor).data as ArrayLike<number>, Number);
}

/** Largest magnitude in each column, or in any for a column of zeros; 1 where all are zero. Cells that are not known count as 0. */
function largestOf({ cols, data }: Matrix): Float64Array {
  const out = new Float64Array(cols);
  data.forEach((value, i) => {
    if (Math.abs(value) > out[i % cols]) out[i % cols] = Math.abs(value);
  });
  const any = Math.max(...out) || 1;
  return out.map((value) => (value > 0 ? value : any));
}

/** How many pictures the model takes at once, where it takes no other number. */
export function fixedBatch({ graph }: Model): number | undefined {
  const batch = graph.inputs[0]?.dims?.[0];
  return typeof batch === 'number' && batch > 0 ? batch : undefined;
}

/** The input as the file wants it; a batch that is not full is filled with its last picture. */
function feedOf(file: Model, pictures: Tensor<'float32'>, batch: number): Record<string, Tensor> {
  const [{ name, type }] = file.graph.inputs;
  const size = pictures.data.length / pictures.dims[0];
  const count = fixedBatch(file) === undefined ? pictures.dims[0] : batch;
  const values = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const from = Math.min(i, pictures.dims[0] - 1);
    values.set(pictures.data.subarray(from * size, (from + 1) * size), i * size);
  }
  return { [name]: { type, dims: [count, ...pictures.dims.slice(1)], data: asType(values, type) } };
}

function asType(values: Float32Array, type: ElementType): Tensor['data'] {
  if (type === 'float32') return values;
  const out = newElements(type as 'float32', values.length);
  values.forEach((value, i) => (out[i] = type === 'float16' ? halfBits(value) : value));
  return out;
}

/** The nearest half-precision pattern of a number that pixels have (below 65504), subnormals rounded to zero. */
function halfBits(value: number): number {
  const magnitude = Math.abs(value);
  const sign = value < 0 ? 0x8000 : 0;
  if (magnitude < 2 ** -14) return sign;
  const exponent = Math.floor(Math.log2(magnitude));
  const fraction = Math.round((magnitude / 2 ** exponent - 1) * 1024);
  return sign + ((exponent + 15) << 10) + fraction;
}
