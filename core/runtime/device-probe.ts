import { writeSync } from 'node:fs';
import type { DeviceName } from '../platform.ts';
import { tryDevice } from './device-trial.ts';

// The entry of a throw-away process: tries the device named by the last argument and prints the trial as JSON.
const trial = await tryDevice(process.argv.at(-1) as DeviceName);
writeSync(1, `\n${JSON.stringify(trial)}\n`);
// Some drivers crash when they are unloaded; the answer is out, so leave at once.
process.exit(0);
