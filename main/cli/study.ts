import { TesseraError } from '../../core/errors.ts';
import { serveStudyCommand } from './study-serve.ts';

/** What can be done with studies, by the word after `study`. */
const COMMANDS: Readonly<Record<string, (argv: readonly string[], signal: AbortSignal) => Promise<void>>> = {
  serve: serveStudyCommand,
};

/** `study WORD …`: studies with people. */
export async function studyCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const [word, ...rest] = argv;
  const command = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (command === undefined) {
    const got = word === undefined ? 'got nothing' : `got "${word}"`;
    throw new TesseraError('bad-usage', `study is followed by what is to be done; ${got}.`, {
      hint: `One of ${Object.keys(COMMANDS).join(', ')}. --help tells their options.`,
    });
  }
  await command(rest, signal);
}
