import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsOf, commandText } from '../../core/concepts/command-text.ts';
import { resolveOptions, type GivenOptions, type RunOptions } from '../../core/concepts/run-options.ts';
import { chooseClass } from '../../core/concepts/class-question.ts';
import { createProject, loadRun, openProject } from '../../core/project/project-folder.ts';
import { startRun } from '../../core/project/start-run.ts';
import { parseArguments } from '../../main/cli/arguments.ts';
import { optionTable, readOptions } from '../../main/cli/option-arguments.ts';
import {
  emptySetup,
  explainOptionsOf,
  optionsOfRun,
  type SetupState,
} from '../../main/services/setup-state.ts';
import { memoryStorage } from '../core/project/memory-storage.ts';
import { projectContent, runContent, self } from '../core/project/sample-run.ts';
import { anyOptions } from '../fixtures/any-options.ts';

const CLASSES = ['red', 'green', 'blue'];

function parsed(argv: readonly string[]): RunOptions {
  return resolveOptions(readOptions(parseArguments(argv, optionTable())) as GivenOptions);
}

async function throughRunFile(options: RunOptions): Promise<RunOptions> {
  const storage = memoryStorage();
  const created = await createProject(storage, '/p', projectContent);
  const { run } = await startRun(created, { ...runContent, options, seed: options.seed }, self);
  return (await loadRun(await openProject(storage, '/p'), run.id)).options;
}

function throughSetup(options: RunOptions): RunOptions {
  const { model, images, labels, preprocessing } = options;
  const state: SetupState = {
    ...emptySetup('key', 'auto'),
    roots: images,
    question: {
      path: model,
      ...(labels !== undefined && { labels }),
      ...(preprocessing !== undefined && { preprocessing }),
    },
    options: optionsOfRun(options, {
      classNames: CLASSES,
      scores: { output: 'logits', task: 'multiclass', activation: 'none', width: CLASSES.length },
    }),
  };
  return explainOptionsOf(state);
}

/** The arguments that a shell makes of commands, each its own list. */
function asShellReads(commands: readonly string[]): string[][] {
  const script = commands.map((command) => `one ${command}`).join('\n');
  const { stdout, stderr } = spawnSync('sh', {
    input: `one() { printf '%s\\0' "$@"; printf '\\1'; }\n${script}\n`,
    encoding: 'utf8',
    env: { ...process.env, HOME: '/home/ada' },
  });
  expect(stderr).toBe('');
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((list) => list.split('\0').slice(0, -1));
}

describe('options of a run', () => {
  const classes = [...CLASSES, '0', '2', ...CLASSES.map((name) => `predicted:${name}`)];

  it('stay the same through arguments, run file, setup and command text', async () => {
    const commands: { command: string; options: RunOptions }[] = [];
    await fc.assert(
      fc.asyncProperty(anyOptions(classes), async (options) => {
        expect(parsed(argumentsOf(options))).toEqual(options);
        const stored = await throughRunFile(options);
        expect(stored).toEqual(options);
        const reopened = throughSetup(stored);
        // A name and an index of a class ask the same.
        const { classIndex, select } = chooseClass(CLASSES, options);
        expect(reopened).toEqual({ ...options, class: String(classIndex), select });
        commands.push({ command: commandText(reopened, '/out put'), options: reopened });
      }),
      { numRuns: 300 },
    );
    const lists = asShellReads(commands.map(({ command }) => command));
    expect(lists).toHaveLength(commands.length);
    for (const [i, [program, command, ...argv]] of lists.entries()) {
      expect([program, command, ...argv.slice(-2)]).toEqual(['tessera', 'explain', '--out', '/out put']);
      expect(parsed(argv.slice(0, -2))).toEqual(commands[i].options);
    }
  });
});
