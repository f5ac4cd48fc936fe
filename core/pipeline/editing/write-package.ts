import { editFacts } from '../../editing/edit-facts.ts';
import type { EditProof } from '../../editing/edit-proof.ts';
import { TesseraError } from '../../errors.ts';
import { loadModelFile } from '../../onnx/load-model.ts';
import type { OnProgress } from '../../platform.ts';
import { loadEvaluation } from '../../project/evaluation-file.ts';
import { loadNotes, withGivenNames } from '../../project/run-notes.ts';
import { asShown } from '../../report/as-shown.ts';
import { leadSentences } from '../../report/sections/summary-section.ts';
import { trustVerdict } from '../../report/trust-verdict.ts';
import { packageReadme } from '../../report/package/package-readme.ts';
import { EXPORT_FILES, exportFile, tabledRun, type ExportFile } from '../export-run.ts';
import type { ScoredScope } from '../run-context.ts';
import type { TabledRun } from '../run-tables.ts';
import { writeReport } from '../write-report.ts';
import { editRun, type EditQuestion, type EditScope } from './edit-run.ts';
import { makeMonitor } from './make-monitor.ts';
import { monitorFile, MONITOR_FILES, type MonitorFile } from './monitor-files.ts';
import { PackageFolder } from './package-folder.ts';
import { writeEditPage } from './write-edit-page.ts';
import { editTarget, writeEdited } from './write-edited.ts';
import { runPreprocessing } from '../run-preprocessing.ts';

/** What a package is made of. */
export interface PackageQuestion {
  readonly folder: string;
  /** The run's model for its tables and its monitor. */
  readonly scored: ScoredScope;
  /** Absent: the package has no edited model. `scope` is that of the run, or of concepts at another layer of its model. */
  readonly edit?: { readonly scope: EditScope; readonly question: EditQuestion };
  /** A ZIP file that it is packed into, too, and what its one folder is called. */
  readonly zip?: { readonly path: string; readonly name: string };
}

/** A package that was written. */
export interface WrittenPackage {
  readonly folder: string;
  readonly files: readonly string[];
  readonly zip?: string;
  /** Why there is no monitor. */
  readonly withoutMonitor?: string;
  readonly edited?: EditProof;
}

interface Work {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

const TEXTS: Readonly<Record<MonitorFile | ExportFile, string>> = {
  'monitor.onnx': 'The model with the concepts as further outputs',
  'monitor.json': 'Names of the concepts, and how much of each there usually is',
  'monitor.md': 'How to watch the model with it, in Python and JavaScript',
  'images.csv': 'A row an image: answer, score, amount and contribution of every concept, rest',
  'concepts.csv': 'A row a concept: name, importance with interval, prevalence, comment',
  'run.npz': 'The same numbers and the directions of the concepts, for NumPy',
  'run.safetensors': 'The same for other programs',
};

/**
 * Writes an audit package: the edited model with its proof, a monitor, the report, tables and the run, with a README for the
 * model's owners, into a folder, and that as a ZIP file where wanted. Every file is written whole or not at all;
 * `contents.json` says that the package is whole once it is; a folder that was not there before is taken away again where it is
 * not finished. Where no monitor can be made the README says why.
 *
 * Throws TesseraError 'bad-usage' for a folder that holds anything but an earlier package; as `editRun`, `tabledRun` and
 * `writeReport`; 'storage' as `encodeZip`, when the folder is whole; the signal's reason when aborted.
 */
export async function writePackage(
  scope: EditScope,
  question: PackageQuestion,
  work: Work = {},
): Promise<WrittenPackage> {
  const into = await PackageFolder.open(scope.environment.storage, question.folder);
  try {
    return await fill(into, scope, question, work);
  } catch (error) {
    await into.giveUp();
    throw error;
  }
}

async function fill(
  into: PackageFolder,
  scope: EditScope,
  { folder, scored, edit, zip }: PackageQuestion,
  work: Work,
): Promise<WrittenPackage> {
  const { environment, project, run } = scope;
  const tabled = await tabledRun(scored, project, run, work);
  const edited = edit && (await writeEdit(into, edit, work));
  const withoutMonitor = await writeMonitor(into, scope, scored, tabled, work);
  await writeReport(environment, project, run.id, into.at('report.html'), work.onProgress);
  into.has('report.html', 'What was found, with pictures; opens in any browser');
  for (const name of EXPORT_FILES) await into.write(`tables/${name}`, TEXTS[name], exportFile(tabled, name));
  await copyRun(into, scope);
  const told = { ...(edited && { edit: edited }), ...(withoutMonitor !== undefined && { withoutMonitor }) };
  await into.write('README.md', 'This page', await readmeOf(into, scope, told));
  const files = await into.finish();
  if (zip) await into.pack(files, zip);
  return {
    ...{ folder, files },
    ...(zip && { zip: zip.path }),
    ...(withoutMonitor !== undefined && { withoutMonitor }),
    ...(edited && { edited }),
  };
}

async function writeEdit(
  into: PackageFolder,
  { scope, question }: NonNullable<PackageQuestion['edit']>,
  work: Work,
): Promise<EditProof> {
  const { environment, project, run } = scope;
  const { storage } = environment;
  const file = await loadModelFile(storage, project.file.model.path);
  const target = await editTarget(storage, file, into.at('edited-model.onnx'));
  const { bytes, proof } = await editRun(scope, question, work);
  await writeEdited(storage, target, bytes);
  into.has('edited-model.onnx', 'The edited model');
  for (const { to } of target.copies)
    into.has(to.slice(into.folder.length + 1).replaceAll('\\', '/'), 'Weights that it reads');
  await into.write(
    'edit.json',
    'What the edit does, for programs',
    `${JSON.stringify(editFacts('edited-model.onnx', proof), null, 2)}\n`,
  );
  const preprocessing = runPreprocessing(project, run);
  await writeEditPage(environment, { proof, file: target.path, preprocessing }, into.at('edit.html'));
  into.has('edit.html', 'What the edit does, with pictures of decisions that changed');
  return proof;
}

/** Writes the monitor; where there cannot be one, the reason in words. */
async function writeMonitor(
  into: PackageFolder,
  { run }: EditScope,
  scored: ScoredScope,
  tabled: TabledRun,
  work: Work,
): Promise<string | undefined> {
  try {
    const monitor = await makeMonitor(scored, run, () => Promise.resolve(tabled), work);
    for (const name of MONITOR_FILES)
      await into.write(`monitor/${name}`, TEXTS[name], monitorFile(monitor, name));
    return undefined;
  } catch (error) {
    if (error instanceof TesseraError && (error.code === 'bad-usage' || error.code === 'bad-model'))
      return error.message;
    throw error;
  }
}

async function copyRun(into: PackageFolder, { environment, project, run }: EditScope): Promise<void> {
  const { storage } = environment;
  const from = storage.join(project.folder, 'runs', run.id);
  for (const { name, kind } of await storage.list(from)) {
    if (kind !== 'file' || !/\.(json|jsonl|safetensors)$/.test(name)) continue;
    await into.write(
      `run/${name}`,
      'The run as Tessera keeps it',
      await storage.readBytes(storage.join(from, name)),
    );
  }
}

async function readmeOf(
  { files }: PackageFolder,
  { environment, project, run, arrays: { explanation } }: EditScope,
  told: { readonly edit?: EditProof; readonly withoutMonitor?: string },
): Promise<string> {
  const evaluation = await loadEvaluation(project, run.id);
  const named = withGivenNames(asShown(explanation, evaluation), await loadNotes(project, run.id));
  const { headline, advice } = trustVerdict(named, evaluation);
  return packageReadme({
    model: project.file.model,
    run: { id: run.id, className: named.className, made: run.created, images: named.images.length },
    found: leadSentences({ explanation: named, ...(evaluation && { evaluation }) }),
    trust: { headline, advice },
    ...{ files, ...told },
    tessera: environment.versions['tessera'] ?? '',
  });
}
