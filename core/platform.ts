import type { KernelThreads } from './kernel-threads.ts';
import type { Matrix } from './linalg/matrix.ts';
import type { Tensor } from './tensor.ts';

/* What core asks of the machine it runs on: core/runtime implements it, and a test may with a few lines of plain code. */

/** What can be asked for as a device, in words: `auto` takes the first that is present and proves right. */
export const DEVICE_LABELS = {
  auto: 'The best that proves right',
  cpu: 'Processor',
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  dml: 'DirectML',
  coreml: 'Core ML',
  tensorrt: 'TensorRT',
} as const;

export type DeviceChoice = keyof typeof DEVICE_LABELS;
/** Execution providers of ONNX Runtime. */
export type DeviceName = Exclude<DeviceChoice, 'auto'>;

/** Every {@link DeviceChoice}. */
export const DEVICE_CHOICES = Object.keys(DEVICE_LABELS) as [DeviceChoice, ...DeviceChoice[]];
/** Every {@link DeviceName}. */
export const DEVICE_NAMES = DEVICE_CHOICES.slice(1) as [DeviceName, ...DeviceName[]];

/** A loaded model. One run at a time; `run` rejects with a TesseraError naming the failing node. */
export interface Session {
  /** Where it really runs, after any fall-back. */
  readonly device: DeviceName;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Computes the wanted outputs (all by default) from one tensor an input. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    wanted?: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/** Opens ONNX models given as serialised bytes. */
export interface SessionFactory {
  /** Where they are meant to run; a session that falls back says so itself. */
  readonly device: DeviceName;
  /** For kernels of our own beside the sessions; absent where those do not run on this machine's processor. */
  readonly threads?: KernelThreads;
  open(model: Uint8Array): Promise<Session>;
}

/** A step on the coefficients of a bound matrix, towards A ≈ U · W. */
export interface RowDescentRequest {
  /** U [n, r] >= 0, where it starts. */
  readonly from: Matrix;
  /** Coefficients before `from`, [n, r], and how far beyond its end the step looks along the way from them. */
  readonly before: Matrix;
  readonly beta: number;
  /** W [r, p] and W·Wᵀ [r, r]. */
  readonly bank: Matrix;
  readonly gram: Float64Array;
  /** Passes over the components. */
  readonly sweeps: number;
}

/** Where a step on coefficients led. The next step overwrites its matrices, unless it is given them. */
export interface RowDescent {
  /** [n, r] */
  readonly u: Matrix;
  /** max(0, u + beta · (u - before)); `u` itself for a `beta` of 0. */
  readonly ahead: Matrix;
  /** Squared norm of the projected gradient at the start, as of RowKernel.descendRows. */
  readonly projected: number;
  /** aheadᵀ · ahead [r, r] */
  readonly gram: Float64Array;
}

/** A matrix A [n, p] kept on the device, for the two products that factorisations need. */
export interface BoundMatrix {
  readonly rows: number;
  readonly cols: number;
  /** A · Bᵀ for B [r, p] -> [n, r]. */
  timesTransposed(b: Matrix): Promise<Matrix>;
  /** Bᵀ · A for B [n, r] -> [r, p]. */
  transposedTimes(b: Matrix): Promise<Matrix>;
  /** Absent, or undefined, where the step is not to be had in one with its product. */
  descendRows?(request: RowDescentRequest): Promise<RowDescent | undefined>;
  dispose(): Promise<void>;
}

/** Large matrix products on the chosen device. */
export interface Gemm {
  bind(a: Matrix): Promise<BoundMatrix>;
}

/** An 8-bit sRGB picture, upright, without alpha: `data` is [height, width, 3] row-major. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A picture as it was read from a file. */
export interface FilePicture extends RgbImage {
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
  /** Has it pixels that are not opaque, so that {@link AlphaHandling} matters? */
  readonly isTransparent: boolean;
  /** [height, width], 255 is opaque; there where it was asked for and the file has any. */
  readonly opacity?: Uint8Array | undefined;
}

/** Ways to resize of libvips, with antialias; and those of other libraries, level by level (core/images/resample.ts). */
export const RESIZE_KERNELS = {
  libvips: ['nearest', 'linear', 'cubic', 'lanczos3'],
  libraries: ['pil-bilinear', 'pil-bicubic', 'opencv-linear', 'tensorflow-bilinear', 'tensorflow-legacy'],
} as const;
export type LibraryKernel = (typeof RESIZE_KERNELS)['libraries'][number];
export type ResizeKernel = (typeof RESIZE_KERNELS)['libvips'][number] | LibraryKernel;

/** What becomes of transparent pixels: laid on a colour, or taken as the colours that are stored under the alpha. */
export const ALPHA_LABELS = { white: 'On white', black: 'On black', drop: 'Alpha left out' } as const;
export type AlphaHandling = keyof typeof ALPHA_LABELS;

/** How a picture is scaled to the model's input size. */
export interface FitOptions {
  readonly width: number;
  readonly height: number;
  /** Resize the shorter side to this many pixels, then cut the centre; absent: fit the whole picture. */
  readonly resizeShort?: number;
  /** `cover` keeps proportions and cuts the centre; `stretch` ignores proportions; `contain` pads with grey. */
  readonly fit: 'cover' | 'stretch' | 'contain';
  readonly kernel: ResizeKernel;
  /** @default 'white' */
  readonly alpha?: AlphaHandling | undefined;
  /** The opacity of each pixel is wanted too; colours are then those that are stored, as with `drop`. */
  readonly keepsOpacity?: boolean;
}

/** Reads and writes pictures. Decoding applies EXIF orientation, deals with alpha, converts to sRGB. */
export interface ImageCodec {
  /** Rejects with TesseraError 'bad-image' (corrupt, empty, too large, not a picture). */
  decode(path: string): Promise<FilePicture>;
  /** Decodes and fits in one pass; far cheaper than decode for large photographs. */
  decodeFitted(path: string, fit: FitOptions): Promise<FilePicture>;
  encodeJpeg(image: RgbImage, options?: { quality?: number }): Promise<Uint8Array>;
  /** RGBA [height, width, 4], for maps with transparency. */
  encodePng(rgba: { width: number; height: number; data: Uint8Array }): Promise<Uint8Array>;
}

/** One entry of a directory listing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

/** Bytes of any number that are read by range, at once: nothing of them need be in memory before or after. */
export interface ByteSource {
  readonly size: number;
  /** A copy of `length` bytes; throws TesseraError 'storage' where they are not there (any more). */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Bytes that a computation puts aside: they grow at their end, and are gone when nobody holds them any more. */
export interface ByteSpool extends ByteSource {
  append(bytes: Uint8Array): void;
}

/** Files, seen from core. Paths are absolute or relative to the working directory, in the system's notation. */
export interface Storage {
  /** Rejects with TesseraError 'storage' naming the path and the reason. */
  readBytes(path: string): Promise<Uint8Array>;
  /** A file to be read by range. It is opened anew for each read, so that it may be removed meanwhile. Rejects as `readBytes`. */
  openBytes(path: string): Promise<ByteSource>;
  /** Few bytes are kept in memory; of more, all are in a file of no name in the folder, or in the system's where that cannot be written. */
  openSpool(folder: string): ByteSpool;
  /** All or nothing: a temporary file beside the target, flushed to disk, then renamed over it. Bytes may come in pieces. */
  writeAtomic(path: string, bytes: Uint8Array | string | Iterable<Uint8Array>): Promise<void>;
  /** Files that belong together, by path: none takes the place of an old one before all are whole on the disk. */
  writeTogether(files: ReadonlyMap<string, Uint8Array | string>): Promise<void>;
  /** Writes a small file whole where there is none; false, and nothing written, where there is one. */
  createNew(path: string, text: string): Promise<boolean>;
  /** Adds text at the end of a file, there or not, and flushes it; after a power cut, or where it rejects, any part may be there. */
  append(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Entries sorted by name; symbolic links are resolved. Rejects when the directory cannot be read. */
  list(path: string): Promise<readonly DirectoryEntry[]>;
  makeDirectory(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Sets a file's modification time to now. */
  touch(path: string): Promise<void>;
  /** Removes temporary files that writers left in a folder when they were killed; those of living processes stay. */
  removeLeftovers(folder: string): Promise<void>;
  /** Canonical path with every symbolic link resolved; used to break link loops. */
  realPath(path: string): Promise<string>;
  join(...parts: readonly string[]): string;
  resolve(path: string): string;
  dirname(path: string): string;
  basename(path: string): string;
  /** Size in bytes; times in ms since the epoch: of the last writing, and of any change, which cannot be set back. */
  stat(
    path: string,
  ): Promise<{ readonly size: number; readonly modifiedMs: number; readonly changedMs: number }>;
  /** SHA-256 of a file in hexadecimal, however large it is; rejects as `readBytes`. */
  hashFile(path: string): Promise<string>;
  sha256(bytes: Uint8Array): string;
}

/** Progress of a long job: `done` of `total` units of a stage; `part` where that is done several times, `most` at most. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly part?: { readonly of: 'round' | 'layer'; readonly at: number; readonly most: number };
}
export type OnProgress = (progress: Progress) => void;
