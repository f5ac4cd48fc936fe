import { readFile } from 'node:fs/promises';
import { TesseraError } from '../../core/errors.ts';
import { STUDY_CONDITIONS } from '../../core/pipeline/study/study-conditions.ts';
import type { StudyRequest } from '../../core/pipeline/study/study-request.ts';
import type { Project } from '../../core/project/project-folder.ts';
import { STUDY_KINDS, type StudyKind } from '../../core/study/study.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';
import { newestFinishedRun } from './newest-run.ts';

/** What a study is made of, as `study new` and `study simulate` take it. */
export const STUDY_OPTIONS: OptionTable = {
  kind: { type: 'string', takes: STUDY_KINDS.join(', ') },
  run: { type: 'string', takes: 'the id of a run, or two of them with a comma between' },
  conditions: { type: 'string', takes: `names with commas between (${STUDY_CONDITIONS.join(', ')})` },
  contrast: { type: 'string', takes: 'two conditions as A:B' },
  participants: { type: 'string', takes: 'a whole number from 1 on' },
  sessions: { type: 'string', takes: 'a whole number from 1 on' },
  train: { type: 'string', takes: 'a whole number from 1 on' },
  test: { type: 'string', takes: 'a whole number from 1 on' },
  sets: { type: 'string', takes: 'a whole number from 1 on' },
  scenario: { type: 'string', takes: 'all or failures' },
  seed: { type: 'string', takes: 'a whole number' },
  title: { type: 'string', takes: 'a text' },
};

const SCENARIOS = ['all', 'failures'] as const;

/** The options of one kind alone. */
const OF_UTILITY = ['conditions', 'contrast', 'sessions', 'train', 'test', 'scenario'];
const OF_INTRUDER = ['sets'];

/** Reads a request, all but its consent. Throws 'bad-usage' for values that an option does not take. */
export async function readStudyRequest(
  args: ParsedArguments,
  project: Project,
  usualKind?: StudyKind,
): Promise<Omit<StudyRequest, 'consent'>> {
  const kind = args.text('kind') === undefined ? usualKind : choiceOf(args, 'kind', STUDY_KINDS);
  if (kind === undefined)
    throw new TesseraError('bad-usage', `Which kind of study? --kind takes ${STUDY_KINDS.join(', ')}.`, {
      hint: 'utility: predict the model; intruder: which crop does not belong; choice: which gallery is clearer.',
    });
  const strange = [
    ...(kind === 'utility' ? [] : OF_UTILITY),
    ...(kind === 'intruder' ? [] : OF_INTRUDER),
  ].find((name) => args.text(name) !== undefined);
  if (strange !== undefined)
    throw new TesseraError('bad-usage', `--${strange} is not of a study of kind ${kind}.`, {
      hint: 'Leave it away, or take another --kind.',
    });
  const conditions = listOf(args, 'conditions');
  return {
    kind,
    runs: listOf(args, 'run') ?? [await newestFinishedRun(project)],
    title: args.text('title'),
    participants: wholeOf(args, 'participants', 1),
    seed: wholeOf(args, 'seed', -(2 ** 31)),
    conditions,
    contrast: contrastOf(args),
    scenario: args.text('scenario') === undefined ? undefined : choiceOf(args, 'scenario', SCENARIOS),
    sets: wholeOf(args, 'sets', 1),
    sizes: sizesOf(args),
  };
}

/** The text of the consent: what a file holds, or the words themselves where there is no such file. */
export async function readConsent(args: ParsedArguments): Promise<string> {
  const given = args.text('consent');
  if (given === undefined)
    throw new TesseraError(
      'bad-usage',
      'Participants have to be told what they agree to: --consent is missing.',
      {
        hint: 'Give a text file: --consent consent.txt. The text is yours, or that of your ethics board.',
      },
    );
  try {
    return await readFile(given, 'utf8');
  } catch (cause) {
    if (/\.(txt|md)$/i.test(given) || !/\s/.test(given.trim()))
      throw new TesseraError('bad-usage', `The file of the consent, ${given}, cannot be read.`, {
        hint: 'Give the path of a text file, or a whole sentence.',
        cause,
      });
    return given;
  }
}

function sizesOf(args: ParsedArguments): StudyRequest['sizes'] {
  const asked = (['sessions', 'train', 'test'] as const).map(
    (name) => [name, wholeOf(args, name, 1)] as const,
  );
  return Object.fromEntries(asked.filter(([, value]) => value !== undefined));
}

function contrastOf(args: ParsedArguments): StudyRequest['contrast'] {
  const given = args.text('contrast');
  if (given === undefined) return undefined;
  const [condition, against, ...more] = given.split(':').map((name) => name.trim());
  if (condition !== '' && against !== undefined && against !== '' && more.length === 0)
    return { condition, against };
  throw new TesseraError('bad-usage', `--contrast takes two conditions as A:B; got "${given}".`, {
    hint: '--contrast concept-maps:grad-cam',
  });
}

function listOf(args: ParsedArguments, name: string): string[] | undefined {
  return args
    .text(name)
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function choiceOf<Choice extends string>(
  args: ParsedArguments,
  name: string,
  choices: readonly Choice[],
): Choice {
  const given = args.text(name);
  const found = choices.find((choice) => choice === given);
  if (found !== undefined) return found;
  throw new TesseraError('bad-usage', `--${name} takes ${choices.join(', ')}; got "${given}".`);
}

/** A whole number from `least` on. */
export function wholeOf(args: ParsedArguments, name: string, least: number): number | undefined {
  const given = args.text(name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (given.trim() !== '' && Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  const bound = least > -(2 ** 31) ? `a whole number from ${least} on` : 'a whole number';
  throw new TesseraError('bad-usage', `--${name} takes ${bound}; got "${given}".`);
}
