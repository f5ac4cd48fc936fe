import path from 'node:path';
import { workStatus, type StageStatus, type WorkStatus } from '../../core/pipeline/shards/work-status.ts';
import { openProject } from '../../core/project/project-folder.ts';
import { fileStorage } from '../../core/runtime/storage.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { clockText, rateText } from '../../core/wording/duration-text.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { stageName } from '../../core/wording/stage-names.ts';
import { parseArguments } from './arguments.ts';
import { projectIn } from './planned-run.ts';
import { table } from './text-table.ts';

/** `status PROJECT`: how far a planned run is, by stage and shard, with what failed. */
export async function statusCommand(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { json: { type: 'boolean' } });
  const folder = projectIn(args, 'status');
  const status = await workStatus(await openProject(fileStorage, folder));
  const facts = { project: path.resolve(folder), ...status };
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(statusText(folder, status)));
}

/** The same for people. */
function statusText(folder: string, { stages, failures, run, pictures, device }: WorkStatus): string {
  const rows = stages.map((one) => [stageName(one.stage), one.state, piecesText(one), rateOf(one)]);
  const shards = stages.flatMap(({ stage, shards }) =>
    shards.flatMap(({ shard, of, host, state, done, total, isSilent }) =>
      state === 'done'
        ? []
        : [
            `  ${stage}, shard ${shard} of ${of} on ${host}: ${isSilent ? 'silent' : state}, ${done} of ${countOf(total, 'image')}`,
          ],
    ),
  );
  const failed = failures.map(
    ({ stage, shard, of, host, message, hint, isFinal }) =>
      `  ${stage}, shard ${shard} of ${of} on ${host}: ${message}${hint === undefined ? '' : ` ${hint}`}${isFinal ? ' (not tried again)' : ''}`,
  );
  return [
    `${countOf(pictures, 'image')} on ${device} in ${folder}${run === null ? '' : `: finished as ${run}`}`,
    ...table([['stage', 'state', 'pieces', 'rate'], ...rows]),
    ...(run === null && stages.every(({ state }) => state === 'done')
      ? [
          'All pieces are there. The run is not: its maps, its search for shortcuts and its report are made by merge.',
        ]
      : []),
    ...(shards.length > 0 && run === null ? ['Shards that are not done:', ...shards] : []),
    ...(failed.length > 0 ? ['Failures:', ...failed] : []),
  ].join('\n');
}

function piecesText({ pieces, stored }: StageStatus): string {
  return pieces === null ? 'not known yet' : `${stored} of ${pieces}`;
}

function rateOf({ ratePerSecond, etaSeconds }: StageStatus): string {
  if (ratePerSecond === null || etaSeconds === null) return '';
  return `${rateText(ratePerSecond)}, ${clockText(etaSeconds)} left`;
}
