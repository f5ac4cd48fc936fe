import type { ShownPanel } from '../../main/api/contract.ts';

/** Ids of the concepts in some panels, in the order in which they come: their colours follow it. */
export function conceptsIn(panels: readonly ShownPanel[]): readonly string[] {
  const ids = panels.flatMap((panel) => {
    if (panel.kind === 'gallery') return [panel.concept];
    return panel.kind === 'amounts' ? panel.rows.map(({ concept }) => concept) : [];
  });
  return [...new Set(ids)];
}
