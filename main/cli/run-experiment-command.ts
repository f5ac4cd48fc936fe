import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ImplicitError, inFloat64 } from '@tessera/implicit';
import {
  experiments,
  formatTable,
  renderFigure,
  type Experiment,
  type ExperimentResult,
} from '../../core/experiments/index.ts';
import { loadTfjsBackend, type TfjsBackendName } from '../../core/runtime/tfjs-backend.ts';
import { experimentPage, type FinishedExperiment } from './experiment-page.ts';

/** Where experiments run: our own float64 backend, one of TensorFlow.js's float32 ones, or the fastest of those. */
const BACKENDS = ['float64', 'fastest', 'tensorflow', 'wasm', 'cpu'] as const;
type Backend = (typeof BACKENDS)[number];
const isBackend = (name: string): name is Backend => (BACKENDS as readonly string[]).includes(name);

const usage = (): string =>
  [
    'Usage: npm run experiment -- NAME [--out DIR] [--seed N] [--scale X] [--backend NAME]',
    '',
    ...experiments.map(({ name, title }) => `  ${name.padEnd(22)}${title}`),
    '  all                   every experiment in turn',
    '',
    '--out     folder for the figures (SVG) and the page (index.html), made if absent [experiments]',
    '--seed    the first seed of splits and generated data [1]',
    '--scale   below 1: a smaller problem, for a quick look [1]',
    `--backend ${BACKENDS.join(', ')} [float64]; the others compute in 32 bits,`,
    `          which is enough for ${experiments
      .filter(runsIn32Bits)
      .map(({ name }) => name)
      .join(', ')}`,
  ].join('\n');

const runsIn32Bits = ({ precision }: Experiment): boolean => precision === 'any';

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
  readonly backend: Backend;
}

function parseCommand(args: readonly string[], all: readonly Experiment[]): Command | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        seed: { type: 'string' },
        scale: { type: 'string' },
        backend: { type: 'string', default: 'float64' },
      },
    });
    const [seed, scale] = [Number(values.seed ?? 1), Number(values.scale ?? 1)];
    const { backend } = values;
    if (!isBackend(backend)) return `--backend must be one of ${BACKENDS.join(', ')}.`;
    const known = all.map(({ name }) => name);
    const fitting = all.filter((experiment) => backend === 'float64' || runsIn32Bits(experiment));
    const names = positionals.includes('all') ? fitting.map(({ name }) => name) : positionals;
    const unknown = names.filter((name) => !known.includes(name));
    if (unknown.length > 0) return `Unknown experiment "${unknown[0]}".`;
    if (names.length === 0) return 'Name an experiment.';
    if (!Number.isInteger(seed) || !(scale > 0))
      return '--seed must be an integer and --scale a positive number.';
    const unfit = names.find((one) => !fitting.some(({ name }) => name === one));
    if (unfit !== undefined) return `"${unfit}" needs 64 bits; leave out --backend.`;
    return { names, out: values.out ?? 'experiments', seed, scale, backend };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs one computation where it was asked for. */
type Place = <T>(run: () => T) => T;

/** Loads the backend and reports which one it is; undefined, with the reasons on `complain`, if there is none. */
async function openBackend(
  backend: Backend,
  write: (text: string) => void,
  complain: (text: string) => void,
): Promise<Place | undefined> {
  if (backend === 'float64') return inFloat64;
  const wanted: readonly TfjsBackendName[] | undefined = backend === 'fastest' ? undefined : [backend];
  const { name, module, reasons } = await loadTfjsBackend(wanted);
  for (const reason of reasons) complain(`Not used: ${reason}\n`);
  if (name === undefined) return undefined;
  write(`Backend: ${name} (${module}), 32 bits\n\n`);
  return (run) => run();
}

/** Writes an experiment's figures; their paths. */
async function writeFigures(out: string, { experiment, result }: FinishedExperiment): Promise<string[]> {
  const paths = result.figures.map((_, i) =>
    join(out, `${experiment.name}${i === 0 ? '' : `-${i + 1}`}.svg`),
  );
  await Promise.all(paths.map((path, i) => writeFile(path, renderFigure(result.figures[i]))));
  return paths;
}

/** The result, or undefined when the toolkit found no derivative; `complain` then hears why. */
function attempt(
  experiment: Experiment,
  { seed, scale }: Command,
  place: Place,
  complain: (text: string) => void,
): ExperimentResult | undefined {
  try {
    return place(() => experiment.run({ seed, scale, now: processorTime }));
  } catch (error) {
    if (!(error instanceof ImplicitError)) throw error;
    complain(`${experiment.name}: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return undefined;
  }
}

/**
 * Runs experiments by name, prints their tables to `write`, and writes their figures (SVG) and one page with all of them.
 *
 * Returns the exit code: 0, 1 if an experiment or its backend failed, or 2 for bad usage (explained on `complain`).
 */
export async function runExperimentCommand(
  args: readonly string[],
  write: (text: string) => void = (text) => process.stdout.write(text),
  complain: (text: string) => void = (text) => process.stderr.write(text),
  known: readonly Experiment[] = experiments,
): Promise<number> {
  const command = parseCommand(args, known);
  if (typeof command === 'string') {
    complain(`${command}\n\n${usage()}\n`);
    return 2;
  }
  const place = await openBackend(command.backend, write, complain);
  if (place === undefined) return 1;
  await mkdir(command.out, { recursive: true });
  let failures = 0;
  const finished: FinishedExperiment[] = [];
  for (const experiment of known.filter(({ name }) => command.names.includes(name))) {
    const result = attempt(experiment, command, place, complain);
    if (result === undefined) {
      failures++;
      continue;
    }
    finished.push({ experiment, result });
    const paths = await writeFigures(command.out, { experiment, result });
    const words = [...result.notes, experiment.inPaper, `Figures: ${paths.join(', ')}`];
    write(`${experiment.title}\n\n${formatTable(result)}\n\n${words.join('\n')}\n\n`);
  }
  if (finished.length > 0) {
    const page = join(command.out, 'index.html');
    await writeFile(page, experimentPage(finished, command));
    write(`Page: ${page}\n`);
  }
  return failures > 0 ? 1 : 0;
}
