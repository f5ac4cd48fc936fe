import { block, local, write, type Local } from './functions.ts';
import { F64, I32, V128, access, type Int } from './values.ts';

/** Writes a number or the four lanes of a vector to an address. */
export function store(at: I32, value: Int | F64 | V128, offset = 0): void {
  if (value instanceof V128) write(access('v128.store', offset, at, value));
  else if (value instanceof F64) write(access('f64.store', offset, at, value));
  else write(access('i32.store', offset, at, I32.of(value)));
}

/** Writes the lowest 8 bits of a number. */
export function store8(at: I32, value: I32): void {
  write(access('i32.store8', 0, at, value));
}

/** Writes the lowest 16 bits of a number. */
export function store16(at: I32, value: I32): void {
  write(access('i32.store16', 0, at, value));
}

/** Writes one lane of a vector to an address. */
export function storeLane(lane: number, at: I32, value: V128): void {
  write(`(v128.store32_lane ${lane} ${at.wat} ${value.wat})`);
}

/** Sets bytes from an address on. */
export function fill(at: I32, byte: number, bytes: I32): void {
  write(`(memory.fill ${at.wat} ${I32.of(byte).wat} ${bytes.wat})`);
}

/** Copies bytes from one address to another. */
export function copy(to: I32, from: I32, bytes: I32): void {
  write(`(memory.copy ${to.wat} ${from.wat} ${bytes.wat})`);
}

/** Adds to a local. */
export function increase(variable: Local<I32>, by: Int): void {
  variable.set(variable.plus(by));
}

/** Runs `then` where the condition is not zero, else `otherwise`. */
export function when(condition: I32, then: () => void, otherwise?: () => void): void {
  const second = otherwise === undefined ? '' : `\n(else ${block(otherwise).text})`;
  write(`(if ${condition.wat} (then ${block(then).text})${second})`);
}

/** Ends the function here. */
export function returnNow(value: Int): void {
  write(`(return ${I32.of(value).wat})`);
}

/** Runs `body` again while what it returns is not zero. */
export function doWhile(body: () => I32): void {
  const { text, value } = block(body);
  write(`(loop ${text}\n(br_if 0 ${value.wat}))`);
}

/** Runs `body` for 0, `step`, 2 · `step` … below `end`, but at least once. */
export function range(end: Int, step: number, body: (index: Local<I32>) => void): void {
  const index = local(0);
  doWhile(() => {
    body(index);
    increase(index, step);
    return index.less(end);
  });
}

/** Runs `body` while a local is less than `end`, adding `step` to it after each run. */
export function advance(variable: Local<I32>, end: I32, step: number, body: (variable: I32) => void): void {
  when(variable.less(end), () =>
    doWhile(() => {
      body(variable);
      increase(variable, step);
      return variable.less(end);
    }),
  );
}

/** Calls the procedure at a place of the module's table, which has to take as many numbers. */
export function callAt(place: I32, ...values: readonly I32[]): void {
  const params = values.map(() => I32.wasm).join(' ');
  write(`(call_indirect (param ${params}) ${[...values, place].map(({ wat }) => wat).join(' ')})`);
}
