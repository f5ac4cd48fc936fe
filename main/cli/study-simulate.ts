import { TesseraError } from '../../core/errors.ts';
import { simulateFrozen, simulateNew, type DryRun } from '../../core/pipeline/study/run-simulation.ts';
import { openProject, type Project } from '../../core/project/project-folder.ts';
import { loadStudy } from '../../core/project/study-folder.ts';
import { analyseStudy } from '../../core/study/analysis/analyse-study.ts';
import { READERS, type ReaderName } from '../../core/study/simulated/reader.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type ParsedArguments } from './arguments.ts';
import { progressPrinter } from './progress.ts';
import { runModel } from './run-model.ts';
import { analysisText } from './study-analysis-output.ts';
import { readStudyRequest, STUDY_OPTIONS, wholeOf } from './study-arguments.ts';
import { studyFacts } from './study-output.ts';

type Environment = ReturnType<typeof createNodeEnvironment>;

/**
 * `study simulate PROJECT [STUDY]`: a dry run. Makes a study (or takes a frozen one), lets simulated participants who use what
 * is shown go through it, and analyses their answers as people's. Nothing of it is kept.
 */
export async function studySimulate(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, {
    ...STUDY_OPTIONS,
    reader: { type: 'string', takes: `names with commas between (${READERS.join(', ')})` },
    json: { type: 'boolean' },
  });
  const [folder, studyId, ...more] = args.positionals;
  if (folder === undefined || more.length > 0)
    throw new TesseraError('bad-usage', 'study simulate takes a project folder, and a study of it or none.', {
      hint: 'tessera study simulate model.tessera',
    });
  const environment = createNodeEnvironment();
  const project = await openProject(environment.storage, folder);
  const people = {
    participants: wholeOf(args, 'participants', 1) ?? 10,
    readers: readersOf(args),
    seed: wholeOf(args, 'seed', -(2 ** 31)) ?? 0,
  };
  const run =
    studyId === undefined
      ? await newDryRun(environment, project, args, people, signal)
      : await dryRunOf(environment, project, studyId, args, people);
  const analysis = analyseStudy(run.frozen, run.data);
  const facts = { study: studyFacts(run.frozen), readers: people.readers, notes: run.notes, analysis };
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else
    console.log(
      shownName(
        [
          `Simulated participants (${people.readers.join(', ')}), who use what they are shown: ${run.data.participants.length}.`,
          ...run.notes,
          analysisText(run.frozen.study, analysis, { isSimulated: true }),
        ].join('\n'),
      ),
    );
}

type People = Parameters<typeof simulateNew>[2];

async function newDryRun(
  environment: Environment,
  project: Project,
  args: ParsedArguments,
  people: People,
  signal: AbortSignal,
): Promise<DryRun> {
  const request = await readStudyRequest(args, project, 'utility');
  const openModel = (run: Parameters<typeof runModel>[2]) => runModel(environment, project, run);
  const work = { signal, onProgress: progressPrinter(process.stderr) };
  return simulateNew({ environment, project, openModel }, request, people, work);
}

async function dryRunOf(
  environment: Environment,
  project: Project,
  id: string,
  args: ParsedArguments,
  people: People,
): Promise<DryRun> {
  const strange = Object.keys(STUDY_OPTIONS).find(
    (name) => !['participants', 'seed'].includes(name) && args.text(name) !== undefined,
  );
  if (strange !== undefined)
    throw new TesseraError('bad-usage', `${id} is frozen: --${strange} cannot change it.`, {
      hint: 'Leave the option away, or leave the study away to make another one.',
    });
  const { voidBecause, ...frozen } = await loadStudy(project, id);
  const data = await simulateFrozen(environment, project, frozen, people);
  return { frozen, data, notes: voidBecause.map((reason) => `The study is void: ${reason}.`) };
}

function readersOf(args: ParsedArguments): ReaderName[] {
  const given = (args.text('reader') ?? 'logistic').split(',').map((name) => name.trim());
  return given.map((name) => {
    const found = READERS.find((reader) => reader === name);
    if (found !== undefined) return found;
    throw new TesseraError('bad-usage', `--reader takes ${READERS.join(', ')}; got "${name}".`, {
      hint: 'Several with commas between are taken in turn: --reader logistic,nearest,guessing',
    });
  });
}
