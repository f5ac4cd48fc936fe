import { TesseraError } from '../../core/errors.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { thisProcess } from '../../core/runtime/this-process.ts';
import type { Study } from '../../core/study/study.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { isLoopback, NETWORK_WARNING } from '../study-host/network-address.ts';
import { startStudyHost, type ParticipantProgress, type StudyHost } from '../study-host/study-host.ts';
import { openStandingStudy } from '../../core/project/standing-study.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';

const TABLE: OptionTable = {
  port: { type: 'string', takes: 'the number of a port' },
  address: { type: 'string', takes: 'an address of this machine' },
  participants: { type: 'string', takes: 'how many participants get a link' },
  first: { type: 'string', takes: 'the number of the first participant' },
  'new-link': { type: 'string', takes: 'the numbers of participants, as 3 or 3,5' },
};

const HINT =
  'tessera study serve PROJECT STUDY [--participants N] [--first N] [--address HOST] [--port P] [--new-link N,N]';
/** More than anybody invites. */
const MOST = 10_000;

/**
 * `study serve PROJECT STUDY`: serves a study until Ctrl-C, and prints a link for each participant who has none. Every answer is on
 * the disk before it is acknowledged, so that nothing has to be saved at the end.
 */
export async function serveStudyCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const [folder, id, ...more] = args.positionals;
  if (folder === undefined || id === undefined || more.length > 0)
    throw new TesseraError('bad-usage', 'study serve takes a project folder and the id of a study.', {
      hint: HINT,
    });
  const asked = askedIn(args);
  const { study, place } = await openStandingStudy(
    await openProject(fileStorage, fileStorage.resolve(folder)),
    id,
  );
  // Loaded here alone: no other command builds a page.
  const { studyPageFolder } = await import('../build/study-page.ts');
  const host = await startStudyHost({
    ...{ study, place, self: thisProcess, port: asked.port },
    page: await studyPageFolder(),
    address: args.text('address'),
    onInternal: (error) => console.error(`tessera: ${String(error)}`),
  });
  try {
    await printLinks(host, study, asked);
    await tellProgress(host, signal);
  } finally {
    await host.close();
  }
  console.log('\nStopped. All answers are kept; the same command goes on, and links stay good.');
}

interface Asked {
  readonly port: number | undefined;
  /** How many shall have a link, from which number on; those that the study plans for unless it is said. */
  readonly count: number | undefined;
  readonly first: number;
  /** Who gets a new one, whatever was given before. */
  readonly anew: readonly number[];
}

function askedIn(args: ParsedArguments): Asked {
  const anew = (args.text('new-link') ?? '').split(',').filter((text) => text.trim() !== '');
  return {
    port: numberIn(args, 'port', 0, 65_535),
    count: numberIn(args, 'participants', 1, MOST),
    first: numberIn(args, 'first', 1, 900_000) ?? 1,
    anew: anew.map((text) => wholeNumber(text, 'new-link', 1, 999_999)),
  };
}

async function printLinks(host: StudyHost, study: Study, { count, first, anew }: Asked): Promise<void> {
  const planned = study.participants * study.conditions.length;
  const numbers = Array.from({ length: count ?? planned }, (_, index) => first + index);
  const known = new Set(host.participants);
  const fresh = numbers.filter((number) => !known.has(number));
  const links = await host.issue([...new Set([...fresh, ...anew])].sort((a, b) => a - b));
  console.log(shownName(`Serving "${study.title}" (${study.id}).`));
  if (!isLoopback(host.address)) console.log(`\n${NETWORK_WARNING}`);
  if (links.size > 0) {
    console.log('\nA link for each participant, good for one browser:');
    const width = String(Math.max(...links.keys())).length;
    for (const [number, link] of links) console.log(`  ${String(number).padStart(width)}  ${link}`);
  }
  if (known.size > 0)
    console.log(
      `\n${countOf(known.size, 'link')} given out before ${known.size === 1 ? 'stays' : 'stay'} good. --new-link N gives participant N a new one.`,
    );
  console.log('\nCtrl-C ends it; nothing is lost.');
}

/** Says how far the study is whenever somebody begins or ends, on a terminal at every answer; until it is stopped. */
async function tellProgress(host: StudyHost, signal: AbortSignal): Promise<void> {
  const isTerminal = process.stderr.isTTY;
  let told = '';
  const tell = async (): Promise<void> => {
    const progress = await host.progress();
    const line = isTerminal ? `${stateText(progress)} · ${answersText(progress)}` : stateText(progress);
    if (line === told) return;
    told = line;
    process.stderr.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const end = host.onChange(() => void tell().catch(() => undefined));
  await tell();
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  end();
}

function stateText(progress: readonly ParticipantProgress[]): string {
  const count = (...kinds: readonly ParticipantProgress['status'][]): number =>
    progress.filter(({ status }) => kinds.includes(status)).length;
  return [
    `${count('started', 'finished')} of ${countOf(progress.length, 'participant')} began`,
    `${count('finished')} done`,
    ...(count('withdrawn') > 0 ? [`${count('withdrawn')} withdrew`] : []),
  ].join(' · ');
}

function answersText(progress: readonly ParticipantProgress[]): string {
  return countOf(
    progress.reduce((sum, { answered }) => sum + answered, 0),
    'answer',
  );
}

function numberIn(args: ParsedArguments, name: string, least: number, most: number): number | undefined {
  const text = args.text(name);
  return text === undefined ? undefined : wholeNumber(text, name, least, most);
}

function wholeNumber(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TesseraError(
    'bad-usage',
    `--${name} takes a whole number from ${least} to ${most}; got "${text}".`,
    { hint: HINT },
  );
}
