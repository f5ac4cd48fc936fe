import wabt from 'wabt';
import { textOf, type Callable, type KernelFunction, type ModuleText } from './functions.ts';

const FEATURES = { simd: true, threads: true, bulk_memory: true, relaxed_simd: true };

/** A WebAssembly module; functions that are called need not be listed. */
export interface KernelModule {
  /** The memory's kind and size, as in `(memory …)` of the text format. */
  readonly memory: string;
  readonly exports: Readonly<Record<string, Callable>>;
  /** Procedures that `callAt` reaches, in order. */
  readonly table?: readonly Callable[];
  /** @default false */
  readonly isFused?: boolean;
}

/**
 * A module in WebAssembly's text format.
 *
 * Throws   Error where two functions have the same label, or a statement stands outside of functions.
 *
 * @internal Tests compare with it.
 */
export function watOf({ memory, exports, table = [], isFused = false }: KernelModule): string {
  const names = new Map(Object.entries(exports).map(([name, { definition }]) => [definition, name]));
  const entries = table.map(({ definition }) => definition);
  const module: ModuleText = { isFused, functions: new Set([...names.keys(), ...entries]) };
  const texts: string[] = [];
  // The set grows by what each function calls.
  for (const definition of module.functions) {
    const name = names.get(definition);
    texts.push(textOf(definition, module, name && `(export "${name}")`));
  }
  refuseSameLabels(module.functions);
  const elements = entries.map(({ label }) => `$${label}`).join(' ');
  const tableText = entries.length === 0 ? [] : [`(table funcref (elem ${elements}))`];
  return ['(module', `(memory ${memory})`, ...tableText, ...texts, ')'].join('\n');
}

function refuseSameLabels(functions: ReadonlySet<KernelFunction>): void {
  const labels = new Set<string>();
  for (const { label } of functions) {
    if (labels.has(label)) throw new Error(`Two functions of the module have the label "${label}".`);
    labels.add(label);
  }
}

/**
 * The bytes of a module.
 *
 * Throws   Error with the lines that the assembler refuses, as for types that do not fit or a local of another function.
 */
export async function assemble(module: KernelModule): Promise<Uint8Array<ArrayBuffer>> {
  const assembler = await wabt();
  const parsed = assembler.parseWat('kernel.wat', watOf(module), FEATURES);
  try {
    // The parameter is missing in the types of wabt.
    const checked: { validate(features: object): void } = parsed;
    checked.validate(FEATURES);
    return new Uint8Array(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}
