import path from 'node:path';
import { TesseraError } from '../../core/errors.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { resolveQuestion } from '../../core/pipeline/question.ts';
import { planWork } from '../../core/pipeline/shards/plan-work.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable } from './arguments.ts';
import { readQuestion, requireClass } from './explain.ts';
import { optionTable } from './option-arguments.ts';
import { AUTO_LAYER } from './settle-cut.ts';

const TABLE: OptionTable = { ...optionTable(), out: { type: 'string' }, json: { type: 'boolean' } };

/** `plan`: writes down a run for several processes to compute: what `explain` would do, and of which pictures. */
export async function planCommand(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const said = readQuestion(args, 'plan');
  const folder = args.text('out') ?? `${path.basename(said.model).replace(/\.onnx$/i, '')}.tessera`;
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, said.model, said);
  const options = { ...said, class: said.class ?? requireClass(intake.scores) };
  if (options.class === 'all') throw oneByOne('every class', 'Name one', 'class');
  if (options.layer === AUTO_LAYER) throw oneByOne('several layers', 'Name one', 'layer');
  const question = await resolveQuestion(environment.storage, intake, options);
  // A device that is named need not be on this machine; workers see whether it is on theirs.
  const device = options.device === 'auto' ? (await environment.openDevice('auto')).used : options.device;
  await environment.storage.makeDirectory(folder);
  await writeToProject({ storage: environment.storage, folder }, environment.self, async () => {
    const project = await openOrCreateProject(environment, folder, intake, options.images);
    const plan = await planWork(environment, project, question, { options, device });
    const facts = {
      project: path.resolve(folder),
      key: plan.key,
      pictures: plan.pictures,
      device: plan.device,
    };
    if (args.flag('json')) return console.log(JSON.stringify(facts, null, 2));
    const next = `tessera submit ${folder} --engine local --shards N`;
    console.log(
      shownName(
        `Planned: ${countOf(plan.pictures, 'image')} on ${plan.device}, in ${folder}.\nNext: ${next}`,
      ),
    );
  });
}

function oneByOne(what: string, hint: string, option: string): TesseraError {
  return new TesseraError('bad-usage', `A plan is for one question; it cannot compare ${what}.`, {
    hint,
    options: [option],
  });
}
