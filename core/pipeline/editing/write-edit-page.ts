import type { EditProof } from '../../editing/edit-proof.ts';
import { fitOf, type Preprocessing } from '../../images/preprocessing.ts';
import { MOST_CHANGED, renderEditPage } from '../../report/edit/edit-page.ts';
import type { Environment } from '../environment.ts';
import { shownFrame } from '../shown-frame.ts';
import { smallPictures } from '../small-pictures.ts';

/** Writes what an edit does as one HTML file and returns its path; `file` is the edited model. */
export async function writeEditPage(
  { storage, codec }: Pick<Environment, 'storage' | 'codec'>,
  {
    proof,
    file,
    preprocessing,
  }: { readonly proof: EditProof; readonly file: string; readonly preprocessing: Preprocessing },
  path: string,
): Promise<string> {
  const shown = proof.sets
    .flatMap(({ fixed, broken, otherwise }) => [fixed, broken, otherwise])
    .flatMap((changed) => changed.slice(0, MOST_CHANGED));
  const pictures = await smallPictures(
    codec,
    shown.map((one) => ({ path: one.file })),
    shownFrame(fitOf(preprocessing)),
  );
  await storage.writeAtomic(path, renderEditPage({ proof, file, pictures }));
  return path;
}
