import * as tf from '@tensorflow/tfjs-core';

type Tape = ReturnType<typeof tf.engine>['state']['activeTape'];

/** Gradients being taken: what each is taken by, outermost first, and the tapes set aside for a nested one. */
interface GradientScope {
  readonly sources: readonly (readonly tf.Tensor[])[];
  readonly outerTapes: readonly Tape[];
}

const outside: GradientScope = { sources: [], outerTapes: [] };
let current = outside;
const held = new WeakSet<tf.Tensor>();

function within<T>(scope: GradientScope, run: () => T): T {
  const before = current;
  current = scope;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** Whether an enclosing gradient is recording operations right now. */
export function isRecording(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/**
 * Disposes of what the current tape saved and drops it. tfjs does so at the end of a gradient, but not when the
 * gradient throws: every tensor on the tape would remain in memory.
 */
export function releaseTape(): void {
  const { state } = tf.engine();
  const tape = state.activeTape as Tape | null;
  for (const { saved } of tape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  Object.assign(state, { activeTape: null });
}

let watching = false;

/**
 * Makes the engine's one function for gradients remember what it differentiates by, which tells captured parameters from
 * data, and give its tape back when it throws (tfjs leaks it, for one where y does not depend on x). Results are those
 * of tfjs. Calling it again does nothing.
 */
export function watchGradients(): void {
  if (watching) return;
  watching = true;
  const engine = tf.engine();
  const original = engine.gradients.bind(engine);
  engine.gradients = <T extends tf.Tensor>(
    f: () => T,
    xs: tf.Tensor[],
    dy?: T,
    allowNoGradients?: boolean,
  ) => {
    const watched = (): T =>
      within({ ...current, sources: [...current.sources, xs] }, () => {
        const y = f();
        // Held tensors are disposed of with the tape; the value is the caller's.
        return held.has(y) ? tf.clone(y) : y;
      });
    try {
      return original(watched, xs, dy, allowNoGradients);
    } catch (error) {
      if (!isRecording()) releaseTape();
      throw error;
    }
  };
}

/**
 * Runs a function as if no gradient were being taken around it.
 *
 * tfjs has one tape. A solver that runs inside `tf.grad` would be recorded on it (memory grows with every iteration),
 * and a gradient taken inside a backward pass would replace it (tfjs then fails with "forEach of null"). Setting the
 * tape aside and restoring it avoids both; there is no public call for this, so the engine's state is used.
 */
export function withoutTape<T>(run: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return within(outside, run);
  } finally {
    // Still there only if a gradient inside failed.
    releaseTape();
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/**
 * Records on a fresh tape; `finish` says what becomes of it. For a nested gradient, which walks the whole tape: with the
 * outer one out of its way, a hundred nested gradients cost a hundred times one, not ten thousand times.
 */
function onFreshTape<T>(run: () => T, finish: (result: T, tape: Tape, outer: Tape) => void): T {
  const { state } = tf.engine();
  const outer = state.activeTape as Tape | null;
  state.activeTape = [];
  try {
    const result = within({ ...current, outerTapes: [...current.outerTapes, outer ?? []] }, run);
    finish(result, state.activeTape, outer ?? []);
    return result;
  } catch (error) {
    releaseTape();
    throw error;
  } finally {
    Object.assign(state, { activeTape: outer });
  }
}

/** Records on a tape of its own and appends it to the outer one afterwards. */
export function onOwnTape<T>(run: () => T): T {
  return onFreshTape(run, (_, tape, outer) => {
    for (const node of tape) outer.push(node);
  });
}

/** Shows what a function would record, and forgets it. */
export function inspectTape<T>(run: () => T, inspect: (tape: Tape) => void): T {
  const { state } = tf.engine();
  const { kernelDepth, gradientDepth } = state;
  Object.assign(state, { kernelDepth: 0, gradientDepth: Math.max(1, gradientDepth) });
  try {
    return onFreshTape(run, (_, tape) => {
      inspect(tape);
      releaseTape();
    });
  } finally {
    Object.assign(state, { kernelDepth, gradientDepth });
  }
}

/** Those of the tensors that a gradient being taken depends on, as far as its tapes can tell. */
export function connectedTensors(tensors: readonly tf.Tensor[]): tf.Tensor[] {
  if (tensors.length === 0 || !isRecording()) return [];
  const reached = new Set(current.sources.flat().map(({ id }) => id));
  for (const tape of [...current.outerTapes, tf.engine().state.activeTape]) {
    for (const { inputs, outputs } of tape) {
      const isReached = Object.values(inputs).some((input) =>
        reached.has((input as tf.Tensor | null)?.id ?? -1),
      );
      if (isReached) for (const { id } of outputs) reached.add(id);
    }
  }
  return tensors.filter(({ id }) => reached.has(id));
}

/**
 * Lets tensors that the enclosing gradient's function made outlive it until the gradient is done: the backward pass
 * evaluates functions that close over them. The tape's last node is in charge of them.
 */
export function holdForBackward(tensors: readonly tf.Tensor[]): void {
  const { activeTape, scopeStack } = tf.engine().state;
  const node = activeTape.at(-1);
  const first = scopeStack.findIndex(({ name }) => name === 'forward');
  if (!node || first < 0) return;
  const inside = new Set(scopeStack.slice(first).map(({ id }) => id));
  const own = tensors.filter((tensor) => !tensor.kept && !tensor.isDisposed && inside.has(tensor.scopeId));
  for (const tensor of own) held.add(tf.keep(tensor));
  node.saved = [...(node.saved ?? []), ...own];
}
