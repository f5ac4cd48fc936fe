import type { Callable } from '../../../../main/build/kernels/wat/functions.ts';
import { assemble } from '../../../../main/build/kernels/wat/module.ts';

type Exported = (...values: number[]) => number;
type Exports<Names extends string> = Readonly<Record<Names, Exported>> & {
  readonly memory: WebAssembly.Memory;
};

/** Opens functions as one module with a memory of one page, and gives them to be called. */
export async function open<Names extends string>(
  exports: Readonly<Record<Names, Callable>>,
  table: readonly Callable[] = [],
): Promise<Exports<Names>> {
  const bytes = await assemble({ memory: '(export "memory") 1', exports, table });
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports<Names>;
}
