import { truthFinder } from '../../core/images/folder-class.ts';
import type { ClassName } from '../api/contract.ts';

/** Finds the class that the folder of a file names, by the file's path; null where none of `names` fits. */
export function expectedClasses(names: readonly string[]): (file: string) => ClassName | null {
  const truth = truthFinder(names);
  return (path) => {
    const index = truth({ path });
    return index === undefined ? null : { index, name: names[index] };
  };
}
