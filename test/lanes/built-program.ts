import { buildProgram } from '../e2e/built-program.ts';

/** Builds the program into out/ before the first test of a lane, unless it is there and no source is newer. */
export default buildProgram;
