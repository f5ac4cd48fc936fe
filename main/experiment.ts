import { runExperimentCommand } from './experiments/run-experiment-command.ts';

process.exitCode = await runExperimentCommand(process.argv.slice(2));
