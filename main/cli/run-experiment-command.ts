import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { experiments, formatTable, renderLineChart } from '../../core/experiments/index.ts';
import { inFloat64 } from '@tessera/implicit';

const usage = (): string =>
  [
    'Usage: npm run experiment -- NAME [--out DIR] [--seed N] [--scale X]',
    '',
    ...experiments.map(({ name, title }) => `  ${name.padEnd(22)}${title}`),
    '  all                   every experiment in turn',
    '',
    '--out     folder for the figures (SVG), made if absent [experiments]',
    '--seed    seed of the generated data [1]',
    '--scale   below 1: a smaller problem, for a quick look [1]',
  ].join('\n');

/** Milliseconds that the processor spent on us: unlike the clock's, they can be compared on a busy machine. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

interface Command {
  readonly names: readonly string[];
  readonly out: string;
  readonly seed: number;
  readonly scale: number;
}

function parseCommand(args: readonly string[]): Command | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: 'string' }, seed: { type: 'string' }, scale: { type: 'string' } },
    });
    const [seed, scale] = [Number(values.seed ?? 1), Number(values.scale ?? 1)];
    const known = experiments.map(({ name }) => name);
    const names = positionals.includes('all') ? known : positionals;
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0) return `Unknown experiment "${unknown[0]}".`;
    if (names.length === 0) return 'Name an experiment.';
    if (!Number.isInteger(seed) || !(scale > 0))
      return '--seed must be an integer and --scale a positive number.';
    return { names, out: values.out ?? 'experiments', seed, scale };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Runs experiments by name, prints their tables to `write` and writes one SVG figure each.
 *
 * Returns the exit code: 0, or 2 for bad usage (explained on `complain`).
 */
export async function runExperimentCommand(
  args: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
  complain: (text: string) => void = (text) => process.stderr.write(text),
): Promise<number> {
  const command = parseCommand(args);
  if (typeof command === 'string') {
    complain(`${command}\n\n${usage()}\n`);
    return 2;
  }
  await mkdir(command.out, { recursive: true });
  for (const experiment of experiments.filter(({ name }) => command.names.includes(name))) {
    const { seed, scale } = command;
    const result = inFloat64(() => experiment.run({ seed, scale, now: processorTime }));
    const path = join(command.out, `${experiment.name}.svg`);
    await writeFile(path, renderLineChart(result.chart));
    write(`${experiment.title}\n\n${formatTable(result)}\n\n${result.notes.join('\n')}\nFigure: ${path}\n\n`);
  }
  return 0;
}
