import { shellWord } from '../../core/wording/shell-word.ts';
import type { ShardStage } from '../../core/project/work-plan.ts';
import { TesseraError } from '../../core/errors.ts';
import { rangesText } from '../../core/wording/range-text.ts';

/** How often Slurm starts a task again by itself where it ends with 75; after that it counts as failed. */
const REQUEUES = 3;

/** What of a cluster a lab sets, and what is started there. */
export interface SlurmSettings {
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** Further options of sbatch, as "--gres=gpu:1". */
  readonly extra: readonly string[];
  /** Program and arguments up to the command, as a node finds them. */
  readonly program: readonly string[];
  /** What every command is given beside the project. */
  readonly arguments: readonly string[];
  /** Whole path of the project, on a disk that all nodes share. */
  readonly project: string;
  /** Whole path of the folder for logs. */
  readonly logs: string;
  readonly shards: number;
}

/** The script of an array job: a task a shard, each of which computes its pieces of one stage. */
export function arrayScript(settings: SlurmSettings, stage: ShardStage, shards: readonly number[]): string {
  const { program, arguments: more, project, shards: of } = settings;
  const command = [...program, 'work', '--stage', stage, '--shard', `$SLURM_ARRAY_TASK_ID/${of}`];
  return script(settings, `tessera-${stage}`, '%x-%A_%a.log', {
    lines: [`--array=${rangesText(shards)}`],
    says: [
      `Computes the pieces of "${stage}" that each shard misses; those that are stored are skipped, so that it`,
      'may be started again at any time, also twice at once. Needs no lock.',
    ],
    command: [...command, ...more, '--threads', '${SLURM_CPUS_PER_TASK:-1}', '--', project],
    afterwards: [
      '# 75: not yet, or something that passes. Clusters with RequeueExit=75 start the task again; not for ever.',
      `if [ "$code" = 75 ] && [ "\${SLURM_RESTART_COUNT:-0}" -ge ${REQUEUES} ]; then code=1; fi`,
    ],
  });
}

/** The script of the job that puts a stage together once its array has ended; without a stage it writes the run and its report. */
export function mergeScript(settings: SlurmSettings, stage: ShardStage | undefined): string {
  const { program, arguments: more, project } = settings;
  const ofStage = stage === undefined ? [] : ['--stage', stage];
  return script(settings, `tessera-merge-${stage ?? 'run'}`, '%x-%j.log', {
    lines: [],
    says: [
      stage === undefined
        ? 'Writes the run and its report from what the shards have computed.'
        : `Looks at what is there of "${stage}", and computes what the next stage rests on. Started however the`,
      ...(stage === undefined ? [] : ['array has ended (afterany): what is missing is submitted again.']),
    ],
    command: [
      ...program,
      'merge',
      ...ofStage,
      ...more,
      '--threads',
      '${SLURM_CPUS_PER_TASK:-1}',
      '--',
      project,
    ],
    afterwards: [
      '# 75: something is missing, which it has written down; whoever submits takes it from there.',
      'if [ "$code" = 75 ]; then code=1; fi',
    ],
  });
}

interface Job {
  readonly lines: readonly string[];
  readonly says: readonly string[];
  readonly command: readonly string[];
  /** What becomes of 75: clusters with RequeueExit=75 start a job again that ends so. */
  readonly afterwards: readonly string[];
}

function script(
  { partition, account, extra, logs }: SlurmSettings,
  name: string,
  log: string,
  { lines, says, command, afterwards }: Job,
): string {
  const options = [
    `--job-name=${name}`,
    ...lines,
    `--output=${logs.replaceAll('%', '%%')}/${log}`,
    '--open-mode=append',
    '--requeue',
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...extra,
  ];
  return [
    '#!/bin/bash',
    ...options.map((option) => `#SBATCH ${directive(option)}`),
    ...says.map((line) => `# ${line}`),
    '',
    command.map(forBash).join(' '),
    'code=$?',
    ...afterwards,
    'exit "$code"',
    '',
  ].join('\n');
}

/**
 * One word of a line that sbatch reads, which knows quotes as a shell does; its value may hold blanks. A line cannot hold the end
 * of one: what followed would be a command. Throws TesseraError 'bad-usage'.
 */
function directive(option: string): string {
  if (/[\r\n]/.test(option))
    throw new TesseraError(
      'bad-usage',
      `Slurm cannot be told of a name with a line break in it: "${option}".`,
      {
        hint: 'Use a project folder, and options, without one.',
      },
    );
  // Without a value it is one word, or two that sbatch reads as such.
  if (!/=.*[\s'"\\#]/.test(option)) return option;
  const [name, ...value] = option.split('=');
  return `${name}="${value.join('=').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** For bash; what holds a variable is kept as one word that bash fills in. */
function forBash(argument: string): string {
  return /^\$\{?SLURM_/.test(argument) ? `"${argument}"` : shellWord(argument);
}
