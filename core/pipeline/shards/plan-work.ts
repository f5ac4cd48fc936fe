import type { RunOptions } from '../../concepts/run-options.ts';
import { TesseraError } from '../../errors.ts';
import type { DeviceName } from '../../platform.ts';
import { fingerprintOf, type Json } from '../../project/canonical-json.ts';
import type { Project } from '../../project/project-folder.ts';
import {
  loadPlannedPictures,
  loadWorkPlan,
  saveWorkPlan,
  type PlannedPicture,
  type WorkPlan,
} from '../../project/work-plan.ts';
import { listText } from '../../wording/count-text.ts';
import type { Environment, OpenedDevice } from '../environment.ts';
import { openModel, type ModelIntake } from '../model-intake.ts';
import { modelKey } from '../model-key.ts';
import { withMissingStamps } from '../picture-stamps.ts';
import { checkQuestion, type Question } from '../question.ts';
import { withMovedRoots, type MovedRoots } from './moved-pictures.ts';

/**
 * Writes the plan of a run that several processes will share: its options, the pictures with what their files are, and on
 * which device and with which versions it is computed. The same question again gives the same plan.
 */
export async function planWork(
  environment: Environment,
  project: Project,
  question: Question,
  asked: { readonly options: RunOptions; readonly device: DeviceName },
): Promise<WorkPlan> {
  const { storage, versions } = environment;
  const { intake, skipped } = question;
  const roots = [...new Set(question.files.map(({ root }) => root))];
  const files = await withMissingStamps(project, question.files);
  const pictures = files.map(({ path, folder, root, stamp }): PlannedPicture => ({
    root: roots.indexOf(root),
    file: path.slice(storage.resolve(root).length + 1),
    folder,
    ...stamp,
  }));
  const plan = {
    key: keyOf(environment, intake, asked, { roots, pictures }),
    ...asked,
    versions: { ...versions },
    model: { path: intake.path, sha256: intake.sha256 },
    roots,
    pictures: pictures.length,
    skipped: skipped.map(({ file, reason }) => ({ file, reason })),
  };
  await saveWorkPlan(project, plan, pictures);
  return loadWorkPlan(project);
}

function keyOf(
  { storage, versions }: Pick<Environment, 'storage' | 'versions'>,
  intake: ModelIntake,
  { options, device }: { readonly options: RunOptions; readonly device: DeviceName },
  { roots, pictures }: { readonly roots: readonly string[]; readonly pictures: readonly PlannedPicture[] },
): string {
  return fingerprintOf(storage, {
    model: modelKey(intake),
    labels: intake.labels.names,
    options: options as unknown as Json,
    versions,
    device,
    roots,
    pictures: pictures.map(({ root, file, sha256, size, modifiedMs }) => [
      root,
      file,
      sha256 ?? [size, modifiedMs],
    ]),
  });
}

/** A plan made ready to be worked on. */
export interface OpenedPlan {
  readonly plan: WorkPlan;
  readonly question: Question;
  readonly environment: Environment;
  readonly project: Project;
}

/**
 * Opens the plan of a project on whatever machine: the question as it was planned, and the environment that finds its pictures
 * here, where `moved` says that their folders lie elsewhere.
 *
 * Throws TesseraError 'bad-project' where there is no plan, and 'bad-usage' where versions, the model or what is said of it
 * are others than planned: pieces that were computed differently must not be mixed.
 */
export async function openPlan(
  environment: Environment,
  project: Project,
  moved: MovedRoots = new Map(),
): Promise<OpenedPlan> {
  const { storage } = environment;
  const plan = await loadWorkPlan(project);
  requireVersions(plan, environment.versions);
  for (const root of moved.keys()) if (!plan.roots.includes(root)) throw unknownRoot(root, plan);
  const pictures = await loadPlannedPictures(project, plan);
  const intake = await openModel(storage, plan.model.path, plan.options);
  if (keyOf(environment, intake, plan, { roots: plan.roots, pictures }) !== plan.key) throw otherModel(plan);
  const files = pictures.map(({ root, file, folder, ...stamp }) => {
    const at = storage.resolve(plan.roots[root]);
    return { path: file === '' ? at : storage.join(at, file), folder, root: plan.roots[root], stamp };
  });
  const question = { intake, files, skipped: plan.skipped, ...checkQuestion(intake, plan.options) };
  const here = withMovedRoots(environment, moved, project.folder);
  return { plan, question, environment: here, project: { ...project, storage: here.storage } };
}

/** The planned device of this machine; throws TesseraError 'bad-usage' where it has not that. */
export async function openPlannedDevice(environment: Environment, plan: WorkPlan): Promise<OpenedDevice> {
  const device = await environment.openDevice(plan.device);
  if (device.used === plan.device) return device;
  throw new TesseraError(
    'bad-usage',
    `The plan computes on ${plan.device}, which is not there on ${environment.self.host}: ${listText(device.fallbackReasons)}.`,
    {
      hint: `Work on machines that have it, or plan again for another device: results of ${plan.device} and of ${device.used} differ in rounding and are not mixed`,
      options: ['device'],
    },
  );
}

function requireVersions({ versions }: WorkPlan, here: Environment['versions']): void {
  const names = [...new Set([...Object.keys(versions), ...Object.keys(here)])];
  const other = names.filter((name) => versions[name] !== here[name]);
  if (other.length === 0) return;
  const told = other.map(
    (name) => `${name} ${versions[name] ?? 'none'} planned, ${here[name] ?? 'none'} here`,
  );
  throw new TesseraError('bad-usage', `This machine has other versions than the plan: ${listText(told)}.`, {
    hint: 'Install the same everywhere, or plan again with what is here; what was computed by others is then computed anew.',
  });
}

function otherModel({ model }: WorkPlan): TesseraError {
  return new TesseraError(
    'bad-usage',
    `${model.path}, or a file beside it that says how pictures are prepared or what classes are called, is not what was planned.`,
    { hint: 'Put it back as it was, or plan again', options: ['command=plan'] },
  );
}

function unknownRoot(root: string, { roots }: WorkPlan): TesseraError {
  return new TesseraError('bad-usage', `The plan has no folder of images called ${root}.`, {
    hint: `It has ${listText(roots)}.`,
  });
}
