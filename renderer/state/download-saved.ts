import type { SavedReport } from '../../main/api/contract.ts';
import { documentUrl } from '../api.ts';

/** Hands a saved file over where there is no dialog that asked for its place: a browser puts it to the downloads. */
export function downloadSaved(saved: SavedReport | null, name: string): void {
  if (saved === null || saved.document === null) return;
  const link = document.createElement('a');
  link.href = documentUrl(saved.document, { download: true });
  link.download = name;
  link.click();
}
