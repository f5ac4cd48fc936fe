import { describe, expect, it } from 'vitest';
import { arrayScript, mergeScript, type SlurmSettings } from '../../../main/engines/slurm-scripts.ts';

const settings: SlurmSettings = {
  partition: 'gpu',
  account: 'vision',
  extra: ['--gres=gpu:1', '--time=02:00:00'],
  program: ['node', '/opt/tessera/tessera.js'],
  arguments: ['--mounted', "/data/it's here=/scratch"],
  project: '/home/a b/x.tessera',
  logs: '/home/a b/logs',
  shards: 12,
};

describe('the scripts for Slurm', () => {
  it('have an array of the shards that are wanted, and a command that quotes what bash would split', () => {
    const text = arrayScript(settings, 'rows', [0, 1, 2, 7]);
    expect(text).toContain('#SBATCH --array=0-2,7\n');
    for (const option of [
      '--partition=gpu',
      '--account=vision',
      '--gres=gpu:1',
      '--time=02:00:00',
      '--requeue',
    ])
      expect(text).toContain(`#SBATCH ${option}\n`);
    const [command] = text.split('\n').filter((line) => line.startsWith('node '));
    expect(command).toBe(
      String.raw`node /opt/tessera/tessera.js work --stage rows --shard "$SLURM_ARRAY_TASK_ID/12" ` +
        String.raw`--mounted '/data/it'\''s here=/scratch' --threads "${'$'}{SLURM_CPUS_PER_TASK:-1}" -- '/home/a b/x.tessera'`,
    );
  });

  it('begin with the options, which sbatch reads up to the first command', () => {
    for (const text of [arrayScript(settings, 'predictions', [3]), mergeScript(settings, undefined)]) {
      const lines = text.split('\n');
      expect(lines[0]).toBe('#!/bin/bash');
      const command = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
      expect(lines.findLastIndex((line) => line.startsWith('#SBATCH'))).toBeLessThan(command);
    }
  });

  it('quote what sbatch would split, and refuse a line that would end early', () => {
    const odd = {
      ...settings,
      logs: `/home/it's "50 %" #1/logs`,
      account: 'my lab',
      extra: ['--comment=two words'],
    };
    const text = mergeScript(odd, 'rows');
    expect(text).toContain(String.raw`#SBATCH --output="/home/it's \"50 %%\" #1/logs/%x-%j.log"` + '\n');
    expect(text).toContain('#SBATCH --account="my lab"\n');
    expect(text).toContain('#SBATCH --comment="two words"\n');
    expect(() => mergeScript({ ...settings, logs: '/home/a\nrm -rf b' }, 'rows')).toThrow(/line break/);
  });

  it('name neither partition nor account where none is said', () => {
    const plain = { ...settings, partition: undefined, account: undefined };
    expect(mergeScript(plain, 'rows')).not.toMatch(/--partition|--account/);
    expect(mergeScript(plain, 'rows')).toContain('merge --stage rows');
    expect(mergeScript(plain, undefined)).toMatch(/merge --mounted/);
  });
});
