import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { mutateByCommand, mutateInProcess } from './mutate.ts';

describe('damaged models, pictures and project files', () => {
  it('are taken or refused in words, in process', async () => {
    const { faults, taken, refused } = await mutateInProcess(300, 7);
    expect(faults).toEqual([]);
    expect(taken + refused).toBe(300);
  });

  it('are taken or refused in words by commands', async () => {
    const program = [process.execPath, path.join(inject('builtCli'), 'tessera.js')];
    expect((await mutateByCommand(6, 7, program)).faults).toEqual([]);
  });
});
