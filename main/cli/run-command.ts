import { isBadInput, TesseraError } from '../../core/errors.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { columnsCommand } from './columns.ts';
import { compareCommand } from './compare.ts';
import { conceptCommand } from './concept.ts';
import { devices } from './devices.ts';
import { editCommand } from './edit.ts';
import { hintWithFlags } from './error-text.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { inspect } from './inspect.ts';
import { mapsCommand } from './maps.ts';
import { mergeCommand } from './merge.ts';
import { overviewCommand } from './overview.ts';
import { packageCommand } from './package.ts';
import { planCommand } from './plan.ts';
import { predict } from './predict.ts';
import { report } from './report.ts';
import { runsCommand } from './runs.ts';
import { score } from './score.ts';
import { statusCommand } from './status.ts';
import { studyCommand } from './study.ts';
import { submitCommand } from './submit.ts';
import { decomposeCommand } from './decompose.ts';
import { TRY_AGAIN, TryAgain } from './try-again.ts';
import { USAGE, usageOf } from './usage.ts';
import { vjp } from './vjp.ts';
import { whatIf } from './what-if.ts';
import { workCommand } from './work.ts';
import { workerCommand } from './worker.ts';

/** A command of the command line; resolves when its work is done and throws TesseraError for what people can put right. */
type Command = (argv: readonly string[], signal: AbortSignal) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  inspect,
  predict,
  explain: explainCommand,
  maps: mapsCommand,
  runs: runsCommand,
  compare: compareCommand,
  concept: conceptCommand,
  overview: overviewCommand,
  score,
  columns: columnsCommand,
  edit: editCommand,
  export: exportCommand,
  package: packageCommand,
  report,
  study: studyCommand,
  plan: planCommand,
  work: workCommand,
  worker: workerCommand,
  merge: mergeCommand,
  submit: submitCommand,
  status: statusCommand,
  devices,
  vjp,
  'what-if': whatIf,
  decompose: decomposeCommand,
};

/** The names that commands had in 0.1, which still work. */
const OLD_NAMES: Readonly<Record<string, string>> = { ablate: 'what-if', split: 'decompose' };

/** Runs one command and returns the exit code: 0 done, 1 a run failed or was stopped, 2 bad usage or input, 75 not yet. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || argv.includes('--help')) {
    console.log(name === undefined || name === 'help' ? USAGE : usageOf(todayOf(name)));
    return name === undefined ? 2 : 0;
  }
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort(new Interrupted());
  process.once('SIGINT', onInterrupt);
  try {
    const today = todayOf(name);
    const command = Object.hasOwn(COMMANDS, today) ? COMMANDS[today] : undefined;
    if (command === undefined) throw unknownCommand(name);
    await command(rest, stop.signal);
    return 0;
  } catch (error) {
    return tell(error);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function todayOf(name: string): string {
  return Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : name;
}

class Interrupted extends Error {}

function unknownCommand(name: string): TesseraError {
  return new TesseraError('bad-usage', `There is no command "${name}".`, {
    hint: `Commands: ${Object.keys(COMMANDS).join(', ')}. --help lists their options.`,
  });
}

function tell(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error('\nStopped. The same command continues where it stopped.');
    return 1;
  }
  if (error instanceof TryAgain) {
    console.error(shownName(`tessera: ${error.message}`));
    return TRY_AGAIN;
  }
  if (error instanceof TesseraError) {
    console.error(shownName(`tessera: ${error.message}`));
    const hint = hintWithFlags(error);
    if (hint !== undefined) console.error(shownName(hint));
    return isBadInput(error) || error.isPassing ? 2 : 1;
  }
  console.error('tessera: something went wrong inside Tessera; this is a bug.');
  console.error(error);
  return 1;
}
