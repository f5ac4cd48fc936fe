import type { ComparedRunView } from '../../main/api/contract.ts';
import type { Workbench } from './workbench.svelte.ts';

/** Opens one of two compared runs at a concept or an image, whichever project it is of. */
export async function openCompared(
  workbench: Workbench,
  { folder, project, runId }: Pick<ComparedRunView, 'folder' | 'project' | 'runId'>,
  show: { readonly concept?: string; readonly image?: number },
): Promise<void> {
  const { setup, connection } = workbench;
  if (setup.current?.folder !== folder) {
    const isOpened = await setup.change(() => connection.api.addPaths({ paths: [folder] }));
    if (!isOpened) return;
  }
  await workbench.openRun({ project, runId });
  if (show.concept !== undefined) workbench.result.selectedId = show.concept;
  if (show.image !== undefined) workbench.showImage(show.image, workbench.result.selectedId);
}

/** Takes a drop where the screen has a use of its own for it; false where it has none. Called before the event ends. */
export function takeDropOn(workbench: Workbench, transfer: DataTransfer): boolean {
  const names = [...transfer.files].map(({ name }) => name);
  const isProject = names.some((name) => /\.tessera(project)?$/i.test(name) || name === 'project.json');
  const isModel = names.some((name) => /\.(onnx|pb)$/i.test(name));
  if (workbench.screen === 'compare' && isProject) {
    void workbench.comparison.drop(transfer);
    return true;
  }
  if (workbench.screen === 'score' && workbench.result.result.value && !isProject && !isModel) {
    void workbench.newImages.drop(transfer);
    return true;
  }
  if (workbench.screen === 'edit' && workbench.result.result.value && !isProject && !isModel) {
    void workbench.editModel.drop(transfer);
    return true;
  }
  return false;
}
