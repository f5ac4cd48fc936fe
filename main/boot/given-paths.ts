import path from 'node:path';
import type { App } from 'electron';

/**
 * Paths that a person gave when starting the program, by a double click or on the command line; absolute. While the
 * program is not packaged, Electron's own arguments and the program's folder come first and are no such paths.
 */
export function givenPaths(
  argv: readonly string[],
  folder: string,
  app: Pick<App, 'isPackaged' | 'getAppPath'>,
): string[] {
  const isOwn = (argument: string) => path.resolve(folder, argument) === app.getAppPath();
  const own = app.isPackaged ? 0 : argv.findIndex(isOwn);
  return argv
    .slice(own + 1)
    .filter((argument) => !argument.startsWith('-'))
    .map((argument) => path.resolve(folder, argument));
}
