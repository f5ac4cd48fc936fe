import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../core/concepts/run-options.ts';
import { PiecesMissing, shardOf } from '../../../core/pipeline/share.ts';
import type { Project } from '../../../core/project/project-folder.ts';
import {
  loadWorkPlan,
  saveWorkPlan,
  SHARD_STAGES,
  type ShardStage,
} from '../../../core/project/work-plan.ts';
import { saveFailure } from '../../../core/project/work-records.ts';
import type { Engine, MissingPieces } from '../../../main/engines/engine.ts';
import { submitWork } from '../../../main/engines/submit-work.ts';
import { memoryStorage } from '../../core/project/memory-storage.ts';

const KEY = '0123456789abcdef0123456789abcdef';

async function planned() {
  const project = { storage: memoryStorage(), folder: '/p.tessera' } as unknown as Project;
  await saveWorkPlan(
    project,
    {
      ...{ key: KEY, versions: {}, device: 'cpu', model: { path: '/m.onnx', sha256: 'aa' } },
      options: resolveOptions({ model: '/m.onnx', images: ['/i'], class: 'red' }),
      ...{ roots: ['/i'], pictures: 1, skipped: [] },
    },
    [],
  );
  return { project, plan: await loadWorkPlan(project) };
}

/** An engine over eight pieces a stage; `loses` says which pieces the n-th round of a stage leaves out. */
function pretended(
  loses: (stage: ShardStage, round: number, piece: number) => boolean,
  isKnown = true,
  onRound: (stage: ShardStage) => Promise<void> = () => Promise.resolve(),
) {
  const stored = new Map(SHARD_STAGES.map((stage) => [stage, new Set<number>()]));
  const rounds = new Map<ShardStage, number>();
  const started: string[] = [];
  const missingOf = (stage: ShardStage): MissingPieces => ({
    missing: Array.from({ length: 8 }, (_, piece) => piece).filter((piece) => !stored.get(stage)!.has(piece)),
    pieces: 8,
  });
  const engine: Engine = {
    missing: (stage) => Promise.resolve(isKnown ? missingOf(stage) : undefined),
    async round(stage, shards) {
      const round = (rounds.get(stage) ?? 0) + 1;
      rounds.set(stage, round);
      started.push(`${stage} ${shards.join()}`);
      for (let piece = 0; piece < 8; piece++)
        if (shards.includes(shardOf(piece, 8, 4)) && !loses(stage, round, piece))
          stored.get(stage)!.add(piece);
      await onRound(stage);
      return missingOf(stage);
    },
    finish: () => {
      started.push('finish');
      return Promise.resolve();
    },
  };
  return { engine, started };
}

const submission = (place: Awaited<ReturnType<typeof planned>>) => ({
  ...place,
  shards: 4,
  tell: () => undefined,
});

describe('submitWork()', () => {
  it('starts each stage once where nothing is lost, and only the shards that miss something again', async () => {
    const { engine, started } = pretended(
      (stage, round, piece) => stage === 'rows' && round === 1 && piece === 5,
    );
    await submitWork(submission(await planned()), engine);
    expect(started).toEqual([
      'predictions 0,1,2,3',
      'rows 0,1,2,3',
      'rows 2',
      'coefficients 0,1,2,3',
      'finish',
    ]);
  });

  it('starts nothing that is there, and all where that is not known', async () => {
    const place = await planned();
    const known = pretended(() => false);
    await submitWork(submission(place), known.engine);
    known.started.length = 0;
    await submitWork(submission(place), known.engine);
    expect(known.started).toEqual(['finish']);
    const unknown = pretended(() => false, false);
    await submitWork(submission(place), unknown.engine);
    expect(unknown.started[0]).toBe('predictions 0,1,2,3');
  });

  it('gives up after three rounds, and says which pieces are missing', async () => {
    const { engine, started } = pretended((stage, _, piece) => stage === 'predictions' && piece === 7);
    const given = await submitWork(submission(await planned()), engine).catch((error: unknown) => error);
    expect(given).toBeInstanceOf(PiecesMissing);
    expect(given).toMatchObject({ stage: 'predictions', missing: [7], pieces: 8 });
    expect(started).toEqual(['predictions 0,1,2,3', 'predictions 3', 'predictions 3']);
  });

  it('tries bad input once', async () => {
    const place = await planned();
    const failure = {
      ...{ shard: 3, of: 4, host: 'n7', pid: 1, isFinal: true, atMs: Date.now() + 60_000 },
      ...{ message: 'a.png was changed.', hint: 'Put it back.' },
    };
    const { engine, started } = pretended(
      (_, __, piece) => piece === 7,
      true,
      (stage) => saveFailure(place.project, KEY, { ...failure, stage }),
    );
    await expect(submitWork(submission(place), engine)).rejects.toMatchObject({
      ...{ code: 'bad-usage', message: 'Shard 3 of 4 on n7: a.png was changed.', hint: 'Put it back.' },
    });
    expect(started).toEqual(['predictions 0,1,2,3']);
  });
});
