import type { SavedReport } from '../../main/api/contract.ts';
import { documentUrl, isCancelled } from '../api.ts';
import type { Telling } from './notices.svelte.ts';

/** How people hear of what was saved. */
interface Words {
  /** What it is called where a browser fetches it; its own name unless given. */
  readonly name?: string;
  /** What is said when its writing was given up; nothing unless given. */
  readonly stopped?: string;
}

/**
 * Writes a page or table and says where it was saved; where there are no dialogs the browser fetches it. Null where it was not
 * written; nothing is said when a dialog was closed.
 */
export async function saveAndTell(
  notices: Telling,
  write: () => Promise<SavedReport>,
  { name = '', stopped }: Words = {},
): Promise<SavedReport | null> {
  try {
    const saved = await write();
    if (saved.path !== null) notices.tell(`Saved: ${saved.path}`);
    if (saved.document !== null) fetchSaved(saved.document, name);
    return saved;
  } catch (error) {
    if (!isCancelled(error)) notices.fail(error);
    else if (stopped !== undefined) notices.tell(stopped);
    return null;
  }
}

function fetchSaved(id: NonNullable<SavedReport['document']>, name: string): void {
  const link = document.createElement('a');
  link.href = documentUrl(id, { download: true });
  link.download = name;
  link.click();
}
