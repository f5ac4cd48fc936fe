import type { ShortcutInWords } from '../../../core/report/shortcuts-in-words.ts';
import type { ShortcutItem } from '../../api/evaluation-data.ts';

/** A shortcut as views show it, with the concept that carries most of it. */
export function shortcutItem({
  conceptId,
  leans,
  evidence,
  notes,
  remedy,
}: ShortcutInWords): ShortcutItem & { readonly concept: string } {
  return {
    concept: conceptId,
    leans,
    evidence: [...evidence.map(({ sentence }) => sentence), ...notes],
    remedy: remedy.map(({ id }) => id),
  };
}
