import { TesseraError } from '../../core/errors.ts';
import type { Share } from '../../core/pipeline/share.ts';
import { workShard } from '../../core/pipeline/shards/work-shard.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { openPlannedRun, PLANNED_OPTIONS, stageIn } from './planned-run.ts';
import { orTryAgain, TryAgain } from './try-again.ts';

const TABLE: OptionTable = {
  ...PLANNED_OPTIONS,
  shard: { type: 'string', takes: 'the number of a shard and how many there are, as 0/4' },
  stage: { type: 'string', takes: 'the name of a stage' },
};

/**
 * `work PROJECT --shard i/N`: computes a share of a planned run. It ends with 75 where it may be tried again: what it rests on is
 * not there yet, a disk or a device fails, or the system wants the machine back (SIGTERM).
 */
export async function workCommand(argv: readonly string[], interrupt: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const share = shareIn(args);
  const stage = stageIn(args);
  const stop = new AbortController();
  const onTerminate = (): void =>
    stop.abort(new TryAgain('Stopped by the system. Its finished pieces are kept.'));
  process.once('SIGTERM', onTerminate);
  try {
    const signal = AbortSignal.any([interrupt, stop.signal]);
    await orTryAgain(async () => {
      const { scope, opened } = await openPlannedRun(args, 'work', signal);
      await workShard(scope, opened, share, stage && [stage]);
    });
  } finally {
    process.off('SIGTERM', onTerminate);
  }
}

function shareIn(args: ParsedArguments): Share {
  const text = args.text('shard') ?? '';
  const [shard, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (of >= 1 && of <= 100_000 && shard < of) return { shard, of };
  throw new TesseraError(
    'bad-usage',
    `work needs --shard, the number of a shard from 0 and how many there are, as 0/4; got "${text}".`,
  );
}
