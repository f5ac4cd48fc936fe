import path from 'node:path';
import { usePrivateCopies } from '../compute/private-copies.ts';

/* The entry of a command of the command line under Electron, which is no Node.js that could run one. */

usePrivateCopies(path.join(import.meta.dirname, '../native'));
const { runCommand } = await import('../cli/run-command.ts');
// A utility process does not end by itself.
process.exit(await runCommand(process.argv.slice(2)));
