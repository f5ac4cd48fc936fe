import { TesseraError } from '../../core/errors.ts';
import { nearestNames } from '../../core/nearest-names.ts';
import { studyAnalyse } from './study-analyse.ts';
import { studyList } from './study-list.ts';
import { studyNew } from './study-new.ts';
import { serveStudyCommand } from './study-serve.ts';
import { studySimulate } from './study-simulate.ts';
import { studyWithdraw } from './study-withdraw.ts';

type StudyCommand = (argv: readonly string[], signal: AbortSignal) => Promise<void>;

const COMMANDS: Readonly<Record<string, StudyCommand>> = {
  new: studyNew,
  simulate: studySimulate,
  analyse: studyAnalyse,
  list: studyList,
  serve: serveStudyCommand,
  withdraw: studyWithdraw,
};

/** `study new|list|serve|withdraw|simulate|analyse …`: tests of explanations with people; see each of them. */
export async function studyCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const [name, ...rest] = argv;
  const names = Object.keys(COMMANDS);
  if (name === undefined || !Object.hasOwn(COMMANDS, name))
    throw new TesseraError(
      'bad-usage',
      name === undefined
        ? `study takes one of ${names.join(', ')}.`
        : `study has no command "${name}"; near to it: ${nearestNames(name, names).join(', ')}.`,
      { hint: 'tessera study new model.tessera --kind utility --consent consent.txt' },
    );
  await COMMANDS[name](rest, signal);
}
