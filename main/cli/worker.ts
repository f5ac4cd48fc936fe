import { availableParallelism } from 'node:os';
import { TesseraError } from '../../core/errors.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { RedisPlace } from '../engines/queue-packages.ts';
import { commandsOf } from '../engines/command-process.ts';
import { serveQueue } from '../engines/queue.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { countIn, PLANNED_OPTIONS } from './planned-run.ts';
import { programHere } from './program-here.ts';
import { orTryAgain } from './try-again.ts';

/** Where a queue is. */
export const REDIS_OPTIONS: OptionTable = {
  redis: { type: 'string', takes: 'the address of a Redis server' },
  'redis-ca': { type: 'string', takes: 'a file of certificates' },
};

const TABLE: OptionTable = {
  ...PLANNED_OPTIONS,
  ...REDIS_OPTIONS,
  jobs: { type: 'string', takes: 'how many shares are computed at once' },
};

/** `worker --redis URL`: computes whatever shares the queue has, until Ctrl-C or SIGTERM. Listens nowhere. */
export async function workerCommand(argv: readonly string[], interrupt: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const jobs = countIn(args, 'jobs', 1024) ?? 1;
  const threads = countIn(args, 'threads', 1024) ?? Math.max(1, Math.floor(availableParallelism() / jobs));
  const stop = new AbortController();
  const onTerminate = (): void => stop.abort();
  process.once('SIGTERM', onTerminate);
  const tell = (text: string): void => console.error(shownName(text));
  try {
    await orTryAgain(() =>
      serveQueue({
        place: redisIn(args),
        run: commandsOf(programHere()),
        arguments: [
          '--threads',
          String(threads),
          ...args.texts('mounted').flatMap((text) => ['--mounted', text]),
        ],
        signal: AbortSignal.any([interrupt, stop.signal]),
        ...{ jobs, tell },
      }),
    );
  } finally {
    process.off('SIGTERM', onTerminate);
  }
}

/** Where the queue is, as it was said or as the environment says, where other users of a machine do not see it. */
export function redisIn(args: ParsedArguments): RedisPlace {
  const url = args.text('redis') ?? process.env['TESSERA_REDIS'];
  if (url !== undefined) return { url, ca: args.text('redis-ca') };
  throw new TesseraError('bad-usage', 'A queue needs --redis, the address of a Redis server.', {
    hint: 'redis://:PASSWORD@HOST:6379, or rediss:// for TLS; it may also stand in the variable TESSERA_REDIS.',
  });
}
