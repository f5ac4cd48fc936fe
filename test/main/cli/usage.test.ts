import { describe, expect, it } from 'vitest';
import { USAGE, usageOf } from '../../../main/cli/usage.ts';

describe('usageOf()', () => {
  it('is what the help has of one command, and the exit codes', () => {
    const edit = usageOf('edit');
    expect(edit.split('\n').filter((line) => line.startsWith('tessera '))).not.toEqual([]);
    expect(edit.match(/^tessera \S+/gm)!.every((line) => line === 'tessera edit')).toBe(true);
    expect(edit).toContain('--search');
    expect(edit).toContain('Exit code');
    expect(usageOf('explain')).toContain('--concept-folder');
    expect(usageOf('export')).not.toContain('tessera explain --model');
  });

  it('has every command that the help begins a line with, and is the whole help for another name', () => {
    const commands = new Set([...USAGE.matchAll(/^tessera (\S+)/gm)].map(([, name]) => name));
    expect(commands.size).toBeGreaterThan(15);
    for (const name of commands) expect(usageOf(name).length).toBeLessThan(USAGE.length);
    expect(usageOf('nonsense')).toBe(USAGE);
    expect(usageOf('--help')).toBe(USAGE);
  });
});
