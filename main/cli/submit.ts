import { availableParallelism } from 'node:os';
import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { openShardedRun } from '../../core/pipeline/shards/sharded-run.ts';
import { mergeStage } from '../../core/pipeline/shards/work-shard.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { loadWorkPlan } from '../../core/project/work-plan.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { Engine, Merges } from '../engines/engine.ts';
import { localEngine } from '../engines/local.ts';
import { openQueueServer } from '../engines/queue-packages.ts';
import { queueEngine } from '../engines/queue.ts';
import { slurmEngine, slurmFolder, slurmScripts } from '../engines/slurm.ts';
import { submitWork, type Submission } from '../engines/submit-work.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { finishRun } from './merge.ts';
import { countIn, openPlannedRun, PLANNED_OPTIONS, projectIn, type PlannedRun } from './planned-run.ts';
import { commandsOf } from '../engines/command-process.ts';
import { programWords } from '../engines/program-words.ts';
import { programHere } from './program-here.ts';
import { orTryAgain } from './try-again.ts';
import { redisIn, REDIS_OPTIONS } from './worker.ts';

const ENGINES = ['local', 'slurm', 'bullmq'] as const;

const TABLE: OptionTable = {
  ...PLANNED_OPTIONS,
  ...REDIS_OPTIONS,
  engine: { type: 'string', takes: `one of ${ENGINES.join(', ')}` },
  shards: { type: 'string', takes: 'how many workers share the images' },
  partition: { type: 'string', takes: 'the name of a partition' },
  account: { type: 'string', takes: 'the name of an account' },
  extra: { type: 'string', multiple: true, takes: 'an option of sbatch, as --extra=--gres=gpu:1' },
  program: { type: 'string', takes: 'how a node starts Tessera, as "node /opt/tessera/tessera.js"' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
};

/** Options that one engine takes. */
const OF_ENGINES = {
  slurm: ['partition', 'account', 'program', 'dry-run', 'extra'],
  bullmq: ['redis', 'redis-ca'],
} as const;

/** `submit PROJECT --engine E --shards N`: lets workers compute a plan, starts what they leave out again, and writes the run. */
export async function submitCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const engine = engineIn(args);
  const shards = countIn(args, 'shards') ?? availableParallelism();
  const tell = (text: string): void => console.error(shownName(text));
  await orTryAgain(async () => {
    if (engine === 'slurm') return submitToSlurm(args, { shards, tell }, signal);
    const planned = await openPlannedRun(args, 'submit', signal);
    const submission = { project: planned.scope.project, plan: planned.opened.plan, shards, tell };
    return submitHere(args, planned, submission, signal);
  });
}

function engineIn(args: ParsedArguments): (typeof ENGINES)[number] {
  const text = args.text('engine') ?? 'local';
  const engine = ENGINES.find((one) => one === text);
  if (engine === undefined)
    throw new TesseraError('bad-usage', `--engine takes ${ENGINES.join(', ')}; got "${text}".`);
  for (const [owner, names] of Object.entries(OF_ENGINES)) {
    const said = names.find(
      (name) => args.text(name) !== undefined || args.flag(name) || args.texts(name).length > 0,
    );
    if (owner !== engine && said !== undefined)
      throw new TesseraError('bad-usage', `--${said} is for --engine ${owner}; got --engine ${engine}.`);
  }
  return engine;
}

/** On a cluster: this process opens no model and computes nothing; it submits jobs and looks at what they leave. */
async function submitToSlurm(
  args: ParsedArguments,
  { shards, tell }: Pick<Submission, 'shards' | 'tell'>,
  signal: AbortSignal,
): Promise<void> {
  const project = await openProject(fileStorage, projectIn(args, 'submit'));
  const plan = await loadWorkPlan(project);
  const settings = {
    partition: args.text('partition'),
    account: args.text('account'),
    extra: args.texts('extra'),
    program: programIn(args),
    arguments: args.texts('mounted').flatMap((text) => ['--mounted', text]),
    project: path.resolve(project.folder),
    logs: path.join(slurmFolder(project, plan), 'logs'),
    shards,
  };
  if (args.flag('dry-run')) {
    for (const [name, text] of slurmScripts(settings)) console.log(`### ${name}\n${text}`);
    return;
  }
  await submitWork({ project, plan, shards, tell }, slurmEngine({ project, plan, settings, signal, tell }));
}

function programIn(args: ParsedArguments): readonly string[] {
  const text = args.text('program');
  return text === undefined ? programHere() : programWords(text);
}

/** This process merges, so that the project is locked as long as it takes, as by a run. */
async function submitHere(
  args: ParsedArguments,
  { scope, opened }: PlannedRun,
  submission: Submission,
  signal: AbortSignal,
): Promise<void> {
  const { project, environment } = scope;
  const { plan, question } = opened;
  await writeToProject(project, environment.self, async () => {
    const run = openShardedRun(scope, question, plan.options);
    const merges: Merges = {
      merge: (stage) => mergeStage(run, { project, key: plan.key }, stage),
      finish: () => finishRun(scope, opened, args.flag('json')),
    };
    await submitWork(submission, await engineHere(args, submission, merges, signal));
  });
}

async function engineHere(
  args: ParsedArguments,
  { project: { folder }, shards, tell }: Submission,
  merges: Merges,
  signal: AbortSignal,
): Promise<Engine> {
  const project = path.resolve(folder);
  if (engineIn(args) === 'bullmq') {
    const place = redisIn(args);
    return queueEngine(
      { server: await openQueueServer(place), ...{ place, project, shards, signal } },
      merges,
    );
  }
  const threads = countIn(args, 'threads', 1024) ?? Math.max(1, Math.floor(availableParallelism() / shards));
  const moved = args.texts('mounted').flatMap((text) => ['--mounted', text]);
  const workers = { run: commandsOf(programHere()), arguments: ['--threads', String(threads), ...moved] };
  return localEngine({ ...workers, project, shards, signal, tell }, merges);
}
