import { buildAll } from '../build/build.ts';
import { startProgram } from './start-program.ts';

/* `npm start`: builds, then opens the window, or serves the same workbench where there can be no window. */

await startProgram(buildAll);
