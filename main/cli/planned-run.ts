import { TesseraError } from '../../core/errors.ts';
import { openPlan, openPlannedDevice, type OpenedPlan } from '../../core/pipeline/shards/plan-work.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { SHARD_STAGES, type ShardStage } from '../../core/project/work-plan.ts';
import type { WorkScope } from '../../core/pipeline/run-context.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';
import { progressPrinter } from './progress.ts';

/** What every command takes that computes something of a plan. */
export const PLANNED_OPTIONS: OptionTable = {
  mounted: {
    type: 'string',
    multiple: true,
    takes: 'FOLDER=HERE: where a folder of images lies on this machine',
  },
  threads: { type: 'string', takes: 'how many processors to use' },
};

/** The folder that a command names; throws TesseraError 'bad-usage' unless it is exactly one. */
export function projectIn(args: ParsedArguments, command: string): string {
  const [folder, ...more] = args.positionals;
  if (folder !== undefined && more.length === 0) return folder;
  throw new TesseraError(
    'bad-usage',
    `${command} takes one project folder; got ${args.positionals.length}.`,
    {
      hint: `tessera ${command} X.tessera; a plan for it is made by tessera plan --out X.tessera.`,
    },
  );
}

/** A whole number of at least 1; throws TesseraError 'bad-usage' telling what the option takes. */
export function countIn(args: ParsedArguments, name: string, most = 10_000): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw new TesseraError('bad-usage', `--${name} takes a whole number from 1 to ${most}; got "${text}".`);
}

/** A stage that is shared, by its name. */
export function stageIn(args: ParsedArguments): ShardStage | undefined {
  const text = args.text('stage');
  if (text === undefined) return undefined;
  const stage = SHARD_STAGES.find((one) => one === text);
  if (stage !== undefined) return stage;
  throw new TesseraError('bad-usage', `--stage takes ${SHARD_STAGES.join(', ')}; got "${text}".`);
}

/** A plan, opened on this machine, and what it is computed with. */
export interface PlannedRun {
  readonly opened: OpenedPlan;
  readonly scope: WorkScope;
}

/** Opens the plan of a project, with the planned device of this machine. Throws as {@link openPlan} and {@link openPlannedDevice}. */
export async function openPlannedRun(
  args: ParsedArguments,
  command: string,
  signal: AbortSignal,
): Promise<PlannedRun> {
  const threads = countIn(args, 'threads', 1024);
  const here = createNodeEnvironment(threads === undefined ? {} : { threads });
  const opened = await openPlan(
    here,
    await openProject(here.storage, projectIn(args, command)),
    movedIn(args),
  );
  const { environment, project, plan } = opened;
  const device = await openPlannedDevice(environment, plan);
  return {
    opened,
    scope: { environment, device, project, onProgress: progressPrinter(process.stderr), signal },
  };
}

function movedIn(args: ParsedArguments): Map<string, string> {
  return new Map(
    args.texts('mounted').map((text) => {
      const at = text.lastIndexOf('=');
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw new TesseraError('bad-usage', `--mounted takes FOLDER=HERE; got "${text}".`);
    }),
  );
}
