import { TesseraError } from '../../errors.ts';
import type { EditProof } from '../../editing/edit-proof.ts';
import { loadModelFile } from '../../onnx/load-model.ts';
import type { OnProgress } from '../../platform.ts';
import { parsePreprocessing } from '../../images/preprocessing.ts';
import { loadNotes, withGivenNames } from '../../project/run-notes.ts';
import { encodeZip } from '../../project/zip.ts';
import { packageReadme, type PackagedFile } from '../../report/package/package-readme.ts';
import { percentText } from '../../wording/number-text.ts';
import { EXPORT_FILES, exportFile, tabledRun } from '../export-run.ts';
import type { ScoredScope } from '../run-context.ts';
import type { TabledRun } from '../run-tables.ts';
import { writeReport } from '../write-report.ts';
import { editRun, type EditQuestion, type EditScope } from './edit-run.ts';
import { makeMonitor } from './make-monitor.ts';
import { monitorFile, MONITOR_FILES, type MonitorFile } from './monitor-files.ts';
import { editTarget, writeEdited } from './write-edited.ts';
import { writeEditPage } from './write-edit-page.ts';

/** What a package is made of. */
export interface PackageQuestion {
  readonly folder: string;
  /** The run's model for its tables and its monitor. */
  readonly scored: ScoredScope;
  /** Absent: the package has no edited model. */
  readonly edit?: EditQuestion;
  /** Is it packed into a ZIP file, too? */
  readonly isZipped: boolean;
}

/** A package that was written. */
export interface WrittenPackage {
  readonly folder: string;
  readonly files: readonly string[];
  /** Beside the folder. */
  readonly zip?: string;
  readonly withoutMonitor?: string;
  readonly edited?: EditProof;
}

interface Work {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** Written last: a package that has it is whole. */
const CONTENTS = 'contents.json';

const TEXTS: Readonly<Record<MonitorFile | (typeof EXPORT_FILES)[number], string>> = {
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
 * model's owners, into a folder, and that as a ZIP file beside it where wanted. Every file is written whole or not at all;
 * `contents.json` comes last. Where no monitor can be made the README says why.
 *
 * Throws TesseraError 'bad-usage' for a folder that holds anything but an earlier package; as `editRun`, `tabledRun` and
 * `writeReport`; 'storage' as `encodeZip`, when the folder is whole; the signal's reason when aborted.
 */
export async function writePackage(
  { environment, project, run, arrays, ...device }: EditScope,
  { folder, scored, edit, isZipped }: PackageQuestion,
  work: Work = {},
): Promise<WrittenPackage> {
  const { storage } = environment;
  await prepareFolder(storage, folder);
  const at = (name: string): string => storage.join(folder, ...name.split('/'));
  const files: PackagedFile[] = [];
  const write = async (name: string, text: string, bytes: Uint8Array | string): Promise<void> => {
    await storage.makeDirectory(storage.dirname(at(name)));
    await storage.writeAtomic(at(name), bytes);
    files.push({ name, text });
  };
  const scope: EditScope = { environment, project, run, arrays, ...device };
  const tabled = await tabledRun(scored, project, run, work);
  const edited = edit && (await writeEdit(scope, edit));
  const withoutMonitor = await writeMonitor(tabled);
  await writeReport(environment, project, run.id, at('report.html'), work.onProgress);
  files.push({ name: 'report.html', text: 'What was found, with pictures; opens in any browser' });
  for (const name of EXPORT_FILES) await write(`tables/${name}`, TEXTS[name], exportFile(tabled, name));
  await copyRun();
  const notes = await loadNotes(project, run.id);
  const concepts = withGivenNames(arrays.explanation, notes).concepts.filter(
    ({ id }) => !notes.hidden.includes(id),
  );
  const readme = packageReadme({
    model: project.file.model,
    run: { id: run.id, className: arrays.explanation.className, made: run.created },
    concepts: concepts
      .toSorted((a, b) => b.importance.mean - a.importance.mean)
      .map((one) => ({ name: one.name, importance: percentText(one.importance.mean) })),
    ...(edited && { edit: edited }),
    ...(withoutMonitor !== undefined && { withoutMonitor }),
    tessera: environment.versions['tessera'] ?? '',
    files,
  });
  await write('README.md', '', readme);
  const contents = await contentsOf();
  await storage.writeAtomic(
    at(CONTENTS),
    `${JSON.stringify({ tessera_package: 1, files: contents }, null, 2)}\n`,
  );
  const names = [...files.map(({ name }) => name), CONTENTS];
  const zip = isZipped ? await writeZip(names) : undefined;
  return {
    folder,
    files: names,
    ...(zip !== undefined && { zip }),
    ...(withoutMonitor !== undefined && { withoutMonitor }),
    ...(edited && { edited }),
  };

  async function writeEdit(own: EditScope, question: EditQuestion) {
    const file = await loadModelFile(storage, project.file.model.path);
    const target = await editTarget(storage, file, at('edited-model.onnx'));
    const { bytes, proof } = await editRun(own, question, work);
    await writeEdited(storage, target, bytes);
    files.push({ name: 'edited-model.onnx', text: 'The edited model' });
    for (const { to } of target.copies)
      files.push({
        name: to.slice(folder.length + 1).replaceAll('\\', '/'),
        text: 'Weights that the model reads',
      });
    await write('edit.json', 'What the edit does, for programs', `${JSON.stringify(proof, null, 2)}\n`);
    const preprocessing = parsePreprocessing(run.given?.preprocessing ?? project.file.preprocessing);
    await writeEditPage(environment, { proof, file: target.path, preprocessing }, at('edit.html'));
    files.push({
      name: 'edit.html',
      text: 'What the edit does, with pictures of every decision that changed',
    });
    return proof;
  }

  /** The reason in words where there is none. */
  async function writeMonitor(own: TabledRun): Promise<string | undefined> {
    try {
      const monitor = await makeMonitor(scored, run, () => Promise.resolve(own), work);
      for (const name of MONITOR_FILES)
        await write(`monitor/${name}`, TEXTS[name], monitorFile(monitor, name));
      return undefined;
    } catch (error) {
      if (error instanceof TesseraError && (error.code === 'bad-usage' || error.code === 'bad-model'))
        return error.message;
      throw error;
    }
  }

  async function copyRun(): Promise<void> {
    const from = storage.join(project.folder, 'runs', run.id);
    for (const { name, kind } of await storage.list(from)) {
      if (kind !== 'file' || !/\.(json|jsonl|safetensors)$/.test(name)) continue;
      await write(
        `run/${name}`,
        'The run as Tessera keeps it',
        await storage.readBytes(storage.join(from, name)),
      );
    }
  }

  function contentsOf() {
    return Promise.all(
      files.map(async ({ name }) => ({
        name,
        bytes: (await storage.stat(at(name))).size,
        sha256: await storage.hashFile(at(name)),
      })),
    );
  }

  async function writeZip(names: readonly string[]): Promise<string> {
    const entries = new Map<string, Uint8Array>();
    for (const name of names)
      entries.set(`${storage.basename(folder)}/${name}`, await storage.readBytes(at(name)));
    const path = `${folder}.zip`;
    await storage.writeAtomic(path, encodeZip(entries));
    return path;
  }
}

async function prepareFolder(storage: EditScope['environment']['storage'], folder: string): Promise<void> {
  if (await storage.exists(folder)) {
    const names = (await storage.list(folder)).map(({ name }) => name);
    const isPackage = names.includes(CONTENTS) || names.length === 0;
    if (!isPackage) {
      throw new TesseraError(
        'bad-usage',
        `${folder} holds other files; a package needs a folder of its own.`,
        {
          hint: 'Choose a new or empty folder.',
          options: ['out'],
        },
      );
    }
    // What is written over is no longer whole.
    if (names.includes(CONTENTS)) await storage.remove(storage.join(folder, CONTENTS));
  }
  await storage.makeDirectory(folder);
}
