import { I32, V128, type Int, type Value, type ValueType } from './values.ts';

/** A value that keeps what was last set: a local variable or a parameter. */
export type Local<V extends Value> = V & { set(value: V | ConstantOf<V>): void };
type ConstantOf<V> = V extends I32 ? number : never;

/** A function of a kernel; its body is written anew for every module that has it. */
export interface KernelFunction {
  readonly label: string;
  readonly params: readonly ValueType[];
  readonly result: ValueType | undefined;
  /** Writes the statements and returns the result. */
  readonly writeBody: (params: readonly Local<Value>[]) => Value | undefined;
}

type Locals<Params> = { [K in keyof Params]: Params[K] extends ValueType<infer V> ? Local<V> : never };
type Arguments<Params> = {
  [K in keyof Params]: Params[K] extends ValueType<infer V> ? V | ConstantOf<V> : never;
};

/** What functions of one module share while their text is written. */
export interface ModuleText {
  /** Multiply-adds round once (relaxed SIMD); else after the product and after the sum. */
  readonly isFused: boolean;
  /** Those that are exported, in the table or called. */
  readonly functions: Set<KernelFunction>;
}

/** The function whose text is being written. */
interface FunctionText {
  readonly module: ModuleText;
  readonly label: string;
  readonly locals: string[];
  lines: string[];
}
let current: FunctionText | undefined;

function writing(): FunctionText {
  if (current === undefined) throw new Error('Statements of a kernel can only be written inside a function.');
  return current;
}

/** Adds a statement to the function that is being written. */
export function write(statement: string): void {
  writing().lines.push(statement);
}

/** The statements that `body` writes, as text in the place of which they stand, and what it returns. */
export function block<T>(body: () => T): { readonly text: string; readonly value: T } {
  const text = writing();
  const outer = text.lines;
  text.lines = [];
  try {
    const value = body();
    return { text: text.lines.join('\n'), value };
  } finally {
    text.lines = outer;
  }
}

function variable<V extends Value>(type: ValueType<V>, name: string): Local<V> {
  return Object.assign(new type(`(local.get ${name})`), {
    set: (value: V | number) => write(`(local.set ${name} ${valueOf(value).wat})`),
  });
}

const valueOf = (value: Value | number): Value => (typeof value === 'number' ? I32.of(value) : value);

/** A new local variable, set here. */
export function local(initial: Int): Local<I32>;
export function local<V extends Value>(initial: V): Local<V>;
export function local(initial: Value | number): unknown {
  const value = valueOf(initial);
  const type = value.constructor as ValueType;
  const { label, locals } = writing();
  // Functions share no names, so that the assembler refuses a local of another function.
  const name = `$${label}.${locals.length}`;
  locals.push(`(local ${name} ${type.wasm})`);
  const created = variable(type, name);
  created.set(value);
  return created;
}

/** A function that can be called from another, exported or put into the table of a module. */
export interface Callable {
  readonly definition: KernelFunction;
}

/**
 * A function that returns what `body` returns; calling it gives an expression. `label` names it in the text, where no
 * two functions of a module can have the same.
 */
export function func<const Params extends readonly ValueType[], Result extends Value>(
  label: string,
  params: Params,
  result: ValueType<Result>,
  body: (...params: Locals<Params>) => Result | ConstantOf<Result>,
): Callable & ((...values: Arguments<Params>) => Result) {
  const definition = {
    label,
    params,
    result,
    writeBody: (values: readonly Local<Value>[]) => valueOf(body(...(values as Locals<Params>))),
  };
  return Object.assign((...values: Arguments<Params>) => new result(callOf(definition, values)), {
    definition,
  });
}

/** A function without a result; calling it writes a statement. */
export function procedure<const Params extends readonly ValueType[]>(
  label: string,
  params: Params,
  body: (...params: Locals<Params>) => void,
): Callable & ((...values: Arguments<Params>) => void) {
  const definition = {
    label,
    params,
    result: undefined,
    writeBody: (values: readonly Local<Value>[]) => {
      body(...(values as Locals<Params>));
      return undefined;
    },
  };
  return Object.assign((...values: Arguments<Params>) => write(callOf(definition, values)), { definition });
}

function callOf(definition: KernelFunction, values: readonly (Value | number)[]): string {
  writing().module.functions.add(definition);
  return `(call $${definition.label} ${values.map((value) => valueOf(value).wat).join(' ')})`;
}

/** a · b + c in every lane, rounded once where the module is fused. */
export function multiplyAdd(a: V128, b: V128, c: V128): V128 {
  return writing().module.isFused
    ? new V128(`(f32x4.relaxed_madd ${a.wat} ${b.wat} ${c.wat})`)
    : c.plus(a.times(b));
}

/** Text of a function; adds those that it calls to the module. */
export function textOf(
  { label, params, result, writeBody }: KernelFunction,
  module: ModuleText,
  name = '',
): string {
  current = { module, label, locals: [], lines: [] };
  try {
    const names = params.map((_, index) => `$${label}.param${index}`);
    const value = writeBody(params.map((type, index) => variable(type, names[index])));
    const types = params.map(({ wasm }, index) => `(param ${names[index]} ${wasm})`);
    return [
      `(func $${label} ${[name, ...types].join(' ')}${result ? ` (result ${result.wasm})` : ''}`,
      ...current.locals,
      ...current.lines,
      `${value?.wat ?? ''})`,
    ].join('\n');
  } finally {
    current = undefined;
  }
}
