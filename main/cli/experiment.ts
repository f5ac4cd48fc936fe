import { runExperimentCommand } from './run-experiment-command.ts';

process.exitCode = await runExperimentCommand(process.argv.slice(2));
