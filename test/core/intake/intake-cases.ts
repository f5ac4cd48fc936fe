import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import type { Model } from '../../../core/onnx/graph.ts';
import { decodeModel } from '../../../core/onnx/proto.ts';
import { float32, type Tensor } from '../../../core/tensor.ts';
import { readSafetensors } from '../../fixtures/read-safetensors.ts';

const FOLDER = path.join(import.meta.dirname, '../../../../shared/reference/intake');

/** Whether the cases stand beside the project. */
const hasIntakeCases = existsSync(FOLDER);

/** What a case says of its input: pixels are (level / scale - mean) / std. */
interface CaseInput {
  readonly name: string;
  readonly layout: string;
  readonly channels: number;
  readonly batch: number | 'any';
  readonly pixel: {
    readonly scale: number;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
}

/** One case: the file and what is right about it, as the README beside it says. */
export interface IntakeCase {
  readonly name: string;
  readonly file: string;
  readonly input: CaseInput;
  readonly cut: { readonly tensor: string; readonly shape: readonly number[] } | null | undefined;
  readonly refuse?: string;
  readonly gradient?: {
    readonly picture: string;
    readonly score: {
      readonly tensor: string;
      readonly index: readonly number[];
      readonly value: number;
    };
    readonly tolerance: number;
  };
}

function readCase(name: string): IntakeCase {
  const json = JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as Omit<
    IntakeCase,
    'name' | 'file'
  >;
  return { ...json, name, file: path.join(FOLDER, `${name}.onnx`) };
}

/** Every case, in order of names; none where they are absent. */
export const intakeCases: readonly IntakeCase[] = hasIntakeCases
  ? readdirSync(FOLDER)
      .filter((file) => file.endsWith('.onnx'))
      .map((file) => readCase(file.slice(0, -5)))
  : [];

/** The model as it stands in its file. */
export const modelOf = ({ file }: IntakeCase): Model => decodeModel(new Uint8Array(readFileSync(file)));

/** gx, a, ga of a case, as far as it has them. */
export const tensorsOf = ({ file }: IntakeCase) => readSafetensors(file.replace(/onnx$/, 'safetensors'));

/** Levels of one pixel in the channels of the model, from red, green, blue and alpha. */
function levelsOf(channels: number, [r, g, b, a]: readonly number[]): readonly number[] {
  if (channels === 1) return [Math.floor((299 * r + 587 * g + 114 * b) / 1000 + 0.5)];
  return channels === 3 ? [r, g, b] : [r, g, b, a];
}

/** A picture of the set as the model's input [1, …]. */
export async function pictureInput({ input }: IntakeCase, picture: string): Promise<Tensor<'float32'>> {
  const { channels, layout, pixel } = input;
  const { data, info } = await sharp(path.join(FOLDER, 'images', picture))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  const values = new Float32Array(area * channels);
  for (let at = 0; at < area; at++) {
    levelsOf(channels, [...data.subarray(4 * at, 4 * at + 4)]).forEach((level, channel) => {
      const place = layout === 'NCHW' ? channel * area + at : at * channels + channel;
      values[place] = (level / pixel.scale - pixel.mean[channel]) / pixel.std[channel];
    });
  }
  const dims =
    layout === 'NCHW' ? [1, channels, info.height, info.width] : [1, info.height, info.width, channels];
  return float32(values, dims);
}

/** The pictures of the set. */
export const intakeImages = path.join(FOLDER, 'images');

/** An output that can be explained. */
export interface HeadExpectation {
  readonly output: string;
  readonly task: string;
  readonly activation: string;
  readonly classes?: readonly string[];
}

interface AnswerExpectation {
  readonly logits?: readonly number[];
  readonly probabilities?: readonly number[];
  readonly predicted?: string | readonly string[];
  readonly value?: number;
}

/** What is right about the answers of a case. */
export interface Expectation {
  readonly scoreOutput: string | null;
  readonly heads?: readonly HeadExpectation[];
  /** By picture; of several outputs an object by output in each. */
  readonly images?: Readonly<Record<string, AnswerExpectation & Readonly<Record<string, AnswerExpectation>>>>;
  readonly tolerance?: number;
  /** Would a clear refusal be as right as an answer? */
  readonly isRefusedByRight: boolean;
}

/** What the case of that name says of its outputs and pictures. */
export function expectationOf(name: string): Expectation {
  const json = JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as {
    readonly expect: Pick<Expectation, 'scoreOutput' | 'heads'>;
    readonly images?: Expectation['images'];
    readonly measured?: { readonly score_tolerance_abs: number };
    readonly mayRefuse?: string;
  };
  const { scoreOutput, heads } = json.expect;
  return {
    scoreOutput,
    ...(heads && { heads }),
    ...(json.images && { images: json.images }),
    ...(json.measured && { tolerance: json.measured.score_tolerance_abs }),
    isRefusedByRight: json.mayRefuse !== undefined,
  };
}
