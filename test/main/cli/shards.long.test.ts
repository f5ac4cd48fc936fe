import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences } from '../../campaign/project-facts.ts';
import { scene } from './colour-case.ts';
import { tessera, tesseraProcess, type Outcome } from './run-tessera.ts';
import { explainedWhole, factsOf, piecesOf, sharedBlobs, statusOf } from './shared-run-case.ts';

const submit = (out: string, shards: number): Promise<Outcome> =>
  tesseraProcess(['submit', out, '--engine', 'local', '--shards', String(shards)]);

describe('a run that several processes share', { timeout: 600_000 }, () => {
  it('says the same as an undivided one, in every byte but times, for 1, 2, 3 and 5 shards', async () => {
    const { out, question, whole } = await explainedWhole(256);
    expect(whole.get('runs/run1/run.json')).toContain('Concept 3');
    for (const shards of [1, 2, 3, 5]) {
      expect(await tessera('plan', ...question)).toMatchObject({ code: 0 });
      const done = await submit(out, shards);
      expect(done, done.stderr).toMatchObject({ code: 0 });
      expect(differences(whole, await factsOf(out)), `${shards} shards`).toEqual([]);
      const { run, stages, failures } = await statusOf(out);
      expect(run).toBe('run1');
      expect(failures).toEqual([]);
      expect(stages.map(({ state, pieces, stored }) => [state, pieces, stored])).toEqual([
        ['done', 4, 4],
        ['done', 4, 4],
        ['done', 4, 4],
      ]);
      await rm(out, { recursive: true });
    }
  });

  it('is the same where a worker is killed at a write, two compute one shard, and a piece is damaged', async () => {
    const { out, question, whole } = await explainedWhole(160, '--evaluate', 'none');
    await tessera('plan', ...question);
    const kill = (stage: string, pattern: string): Promise<Outcome> =>
      tesseraProcess(['work', out, '--shard', '0/1', '--stage', stage], {
        stopsAtWrite: true,
        env: { TESSERA_STOP_AT: pattern, TESSERA_STOP_AFTER: '1' },
      });
    expect(await kill('predictions', 'cache/predictions-')).toMatchObject({ signal: 'SIGKILL' });
    expect(await piecesOf(out, 'predictions')).toHaveLength(1);
    const twice = ['work', out, '--shard', '0/1', '--stage', 'predictions'];
    const both = await Promise.all([tesseraProcess(twice), tesseraProcess(twice)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await piecesOf(out, 'predictions')).toHaveLength(3);
    expect(await tessera('work', out, '--shard', '0/1', '--stage', 'rows')).toMatchObject({ code: 0 });
    expect(await tessera('merge', out, '--stage', 'rows')).toMatchObject({ code: 0 });
    // Of a chunk some of the stages of the pass are stored, and some are not.
    expect(await kill('coefficients', 'cache/removals-')).toMatchObject({ signal: 'SIGKILL' });
    for (const [stage, at] of [
      ['rows', 0],
      ['coefficients', 1],
    ] as const) {
      const piece = (await piecesOf(out, stage))[at];
      const bytes = await readFile(piece);
      bytes[bytes.length - 5] ^= 1;
      await writeFile(piece, bytes);
    }
    const done = await submit(out, 2);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('is damaged and is computed again');
    expect(differences(whole, await factsOf(out))).toEqual([]);
  });

  it('is what explain does with several workers, which it takes for one class and one layer', async () => {
    const { out, question, whole } = await explainedWhole(140, '--evaluate', 'none');
    const done = await tesseraProcess(['explain', ...question, '--workers', '3']);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('coefficients: 3 shards');
    expect(differences(whole, await factsOf(out))).toEqual([]);
    const all = await tessera('explain', ...question, '--class', 'all', '--workers', '2');
    expect(all).toMatchObject({ code: 2 });
    expect(all.stderr).toMatch(/one class\.\s+Name one with --class\./);
    const auto = await tessera('explain', ...question, '--layer', 'auto', '--workers', '2');
    expect(auto).toMatchObject({ code: 2 });
    expect(await tessera('plan', ...question, '--class', 'all')).toMatchObject({ code: 2 });
  });

  it('tells what is not there yet with 75, and what is wrong with 2', async () => {
    const { out, question, folder } = await explainedWhole(130, '--evaluate', 'none');
    const work = (...more: string[]): Promise<Outcome> => tessera('work', out, '--shard', '0/3', ...more);
    await tessera('plan', ...question);
    const early = await work('--stage', 'rows');
    expect(early).toMatchObject({ code: 75 });
    expect(early.stderr).toContain('"Ask the model about every image" lacks 2 pieces of 3: 1-2.');
    expect((await statusOf(out)).stages[1].shards).toMatchObject([{ state: 'waiting' }]);
    expect(await work('--stage', 'predictions')).toMatchObject({ code: 0 });
    const merged = await tessera('merge', out);
    expect(merged).toMatchObject({ code: 75 });
    expect(merged.stderr).toContain('lacks 2 pieces of 3: 1-2.');
    expect(await tessera('work', out, '--shard', '3/3')).toMatchObject({ code: 2 });
    expect(await tessera('status', path.join(folder, 'model'))).toMatchObject({ code: 2 });

    const plan = path.join(out, 'work', 'plan.json');
    const text = await readFile(plan, 'utf8');
    await writeFile(plan, text.replace(/"onnxruntime-node": "[^"]*"/, '"onnxruntime-node": "0.1"'));
    const other = await work();
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toMatch(/onnxruntime-node 0\.1 planned, 1\.\S+ here/);
    await writeFile(plan, text);

    await writeFile(path.join(folder, 'images', '129.png'), await scene(sharedBlobs(5)));
    const changed = await submit(out, 3);
    expect(changed).toMatchObject({ code: 2 });
    expect(changed.stderr).toContain('129.png is no longer the picture that the run had');
    expect(changed.stderr).not.toContain('once more');
    expect((await statusOf(out)).failures).toMatchObject([{ isFinal: true }]);
    await writeFile(path.join(folder, 'images', '129.png'), await scene(sharedBlobs(129)));
    expect(await submit(out, 3)).toMatchObject({ code: 0 });
    expect((await statusOf(out)).failures).toEqual([]);
  });

  it('finds the pictures where a machine has them', async () => {
    const { out, question, folder, whole } = await explainedWhole(70, '--evaluate', 'none');
    await tessera('plan', ...question);
    const [images, elsewhere] = [path.join(folder, 'images'), path.join(folder, 'elsewhere')];
    await rename(images, elsewhere);
    const done = await tesseraProcess([
      'submit',
      out,
      '--shards',
      '2',
      '--mounted',
      `${images}=${elsewhere}`,
    ]);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    await rename(elsewhere, images);
    expect(differences(whole, await factsOf(out))).toEqual([]);
  });
});
