import { openProject } from '../../core/project/project-folder.ts';
import { listStudies, loadStudy } from '../../core/project/study-folder.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { projectFolderOf } from './study-new.ts';
import { studyFacts } from './study-output.ts';
import { table } from './text-table.ts';

/** `study list PROJECT`: the studies of a project, and whether they still stand. */
export async function studyList(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { json: { type: 'boolean' } });
  const { storage } = createNodeEnvironment();
  const project = await openProject(storage, projectFolderOf(args, 'list'));
  const studies = await Promise.all(
    (await listStudies(project)).map(async (one) => {
      if ('problem' in one) return { id: one.id, problem: one.problem };
      const { voidBecause } = await loadStudy(project, one.id);
      return { ...studyFacts(one), voidBecause };
    }),
  );
  if (args.flag('json')) console.log(JSON.stringify(studies, null, 2));
  else console.log(shownName(listText(studies)));
}

type Listed =
  | { readonly id: string; readonly problem: string }
  | (ReturnType<typeof studyFacts> & { readonly voidBecause: readonly string[] });

function listText(studies: readonly Listed[]): string {
  if (studies.length === 0) return 'No studies yet. tessera study new makes one.';
  const rows = studies.map((one) =>
    'problem' in one
      ? [one.id, '', '', '', `damaged: ${one.problem}`]
      : [
          one.id,
          one.kind,
          one.frozen.slice(0, 10),
          one.title,
          one.voidBecause.length > 0 ? `void: ${one.voidBecause.join('; ')}` : 'stands',
        ],
  );
  return table([['study', 'kind', 'frozen', 'title', ''], ...rows]).join('\n');
}
