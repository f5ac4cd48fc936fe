import * as tf from '@tensorflow/tfjs-core';
import { isRecording } from './gradient-scope.ts';

type Custom = Parameters<ReturnType<typeof tf.engine>['customGrad']>[0];

let plain: typeof tf.customGrad | undefined;
let calls = 0;

/** How many operations with a gradient of their own have been computed so far, those of this toolkit left out. */
export const customGradientCalls = (): number => calls;

/**
 * Makes gradients that operations bring with them (`tf.customGrad`; in tfjs `tf.logSoftmax` and
 * `tf.losses.softmaxCrossEntropy`) right when they are differentiated again. tfjs records what such an operation saves as a
 * constant, although it depends on the inputs: a second derivative, and with it every implicit one, was wrong in silence. Where an
 * outer gradient records, the operation is therefore computed once more, in sight of it. First derivatives are those of tfjs.
 * Calling it again does nothing.
 */
export function watchCustomGradients(): void {
  if (plain !== undefined) return;
  const engine = tf.engine();
  const original = engine.customGrad.bind(engine);
  plain = original;
  engine.customGrad = (<T extends tf.Tensor>(f: Custom) =>
    original<T>(again(f) as never)) as typeof engine.customGrad;
}

/** `tf.customGrad` for gradients that may be differentiated as they stand: they save inputs, or see to it themselves. */
export const customGradient: typeof tf.customGrad = (f) => (plain ?? tf.customGrad)(f);

type Save = (tensors: tf.Tensor[]) => void;
type Outcome = {
  readonly value: tf.Tensor;
  readonly gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
};

function again(f: Custom) {
  const run = f as unknown as (...args: readonly (tf.Tensor | Save)[]) => Outcome;
  return (...args: readonly (tf.Tensor | Save)[]): Outcome => {
    calls++;
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const save = args.at(-1) as Save;
    let own: readonly tf.Tensor[] = [];
    const { value, gradFunc } = run(...inputs, (tensors) => (own = tensors));
    const count = own.length;
    // Copies of inputs are tied to them by the tape; copies of what was made of them are not.
    save([...own, ...inputs]);
    return {
      value,
      gradFunc: (dy, saved) => {
        if (!isRecording()) return gradFunc(dy, saved.slice(0, count));
        let seen: tf.Tensor[] = [];
        const outcome = run(...saved.slice(count), (tensors) => (seen = tensors));
        return outcome.gradFunc(dy, seen);
      },
    };
  };
}
