import { startProgram } from '../../main/boot/start-program.ts';

/** As `npm start`, with the program that the lane has built: to build it again would take it away from other tests. */
await startProgram(() => Promise.resolve());
