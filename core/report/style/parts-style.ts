/** Style of the section on parts: every concept that was decomposed as a tree that grows to the right. */
export const PARTS_STYLE = `
.tree-root { margin-top: 24px; padding-top: 20px; border-top: 1px solid var(--line); }
.tree-root ul { position: relative; flex: 1; min-width: 0; display: grid; gap: 10px; margin-left: 28px; padding-left: 20px; }
.tree-node { display: flex; align-items: center; position: relative; min-width: 0; }
.tree-root ul > .tree-node::before, .tree-root ul > .tree-node::after { content: ''; position: absolute; left: -20px; background: var(--line); }
.tree-root ul > .tree-node::before { top: calc(50% - var(--flow) / 2); width: 16px; height: var(--flow); background: var(--edge); }
.tree-root ul > .tree-node::after { top: -5px; bottom: -5px; width: 2px; }
.tree-root ul > .tree-node:first-of-type::after { top: 50%; }
.tree-root ul > .tree-node:last-of-type::after { bottom: 50%; }
.tree-root ul > .tree-node:only-of-type::after { display: none; }
.tree-root ul::before { content: ''; position: absolute; left: -28px; top: 50%; width: 28px; height: 2px; background: var(--line); }
.tree-card { flex: none; width: 236px; min-width: 0; font-size: 13px; line-height: 1.35; }
.tree-card .tree-crops { display: grid; grid-template-columns: repeat(4, 1fr); gap: 2px; border-top: 3px solid var(--fill); }
.tree-card img { width: 100%; aspect-ratio: 1; object-fit: cover; }
.tree-card p { margin-top: 3px; }
.tree-edge { grid-column: 1 / -1; font-size: 12px; line-height: 1.35; color: var(--quiet); }
@media (max-width: 800px) {
  .tree-node { flex-wrap: wrap; }
  .tree-root ul { flex-basis: 100%; margin: 10px 0 0 8px; }
  .tree-root ul::before { display: none; }
  .tree-root ul > .tree-node:first-of-type::after { top: -5px; }
}
@media print {
  .tree-root { margin-top: 8pt; padding-top: 6pt; }
  .tree-card { width: 46mm; }
  .tree-root ul { margin-left: 5mm; }
  .tree-root ul::before { left: -5mm; width: 5mm; }
  .tree-card, .tree-root ul:not(:has(ul)) { break-inside: avoid; }
}
`;
