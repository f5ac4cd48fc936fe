import type { SavedReport } from '../../main/api/contract.ts';
import { documentUrl } from '../api.ts';
import type { Telling } from './notices.svelte.ts';

/** Says where a page or table was saved; where there are no dialogs the browser fetches it. Nothing when a dialog was closed. */
export function tellSaved(notices: Telling, { path, document: id }: SavedReport): void {
  if (path !== null) notices.tell(`Saved: ${path}`);
  if (id === null) return;
  const link = document.createElement('a');
  link.href = documentUrl(id, { download: true });
  link.download = '';
  link.click();
}
