import type { DeviceChoice, DeviceName, Gemm, ImageCodec, SessionFactory, Storage } from '../platform.ts';
import type { ProcessIdentity } from '../project/lock-file.ts';

/** The device a run uses, after probing and any fall-back. */
export interface OpenedDevice {
  readonly used: DeviceName;
  /** Why each better device was passed over; sessions may add to it while they open. */
  readonly fallbackReasons: readonly string[];
  readonly sessions: SessionFactory;
  readonly gemm: Gemm;
}

/** Everything of the machine that a run needs, handed in once by the program that hosts the core. */
export interface Environment {
  readonly storage: Storage;
  readonly codec: ImageCodec;
  openDevice(choice: DeviceChoice): Promise<OpenedDevice>;
  /**
   * Makes the best backend of TensorFlow.js for a device the active one, and says which; undefined, as where it is absent,
   * where there is none: the toolkit then computes in 64 bits by itself.
   */
  tensors?(device: DeviceName): Promise<'tensorflow' | 'wasm' | 'cpu' | undefined>;
  /** Program and library versions, for the record. */
  readonly versions: Readonly<Record<string, string>>;
  readonly self: ProcessIdentity;
  /** Tells a person of what was found and put right, such as a damaged file of the cache. */
  readonly warn?: (text: string) => void;
  /** Folder in which what models say of pictures is kept, from one set of them to the next; absent: nowhere. */
  readonly answers?: string;
  /** Bytes that a batch of activations may take. */
  readonly memoryBudget: number;
}
