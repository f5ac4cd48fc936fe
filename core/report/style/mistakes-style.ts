/** Style of the confusion matrix and of the mistakes. */
export const MISTAKES_STYLE = `
.confusion { width: auto; margin: 16px 0 28px; border-collapse: collapse; font-size: 13px; }
.confusion caption { text-align: left; padding-bottom: 8px; color: var(--quiet); }
.confusion th { font-weight: 400; color: var(--quiet); text-align: left; padding: 3px 8px 3px 0; vertical-align: bottom; }
.confusion tbody th { color: var(--text); }
.confusion .answer { padding: 0 0 6px; text-align: center; }
.confusion .answer span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 132px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.confusion td { min-width: 34px; height: 30px; padding: 3px 6px; text-align: center; vertical-align: middle; border: 1px solid var(--line); }
.confusion td.wrong { background: color-mix(in srgb, var(--loss) calc(8% + var(--share) * 47%), transparent); }
.confusion td.right { background: color-mix(in srgb, var(--accent) calc(var(--share) * 30%), transparent); }
.confusion th.number { text-align: right; padding: 0 0 6px 12px; }
.confusion tbody th { vertical-align: middle; }
.confusion td.number { border: 0; padding-left: 12px; text-align: right; }
#mistakes h3 { margin: 8px 0 4px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 20px 24px; margin-top: 16px; }
.mistakes li { display: grid; align-content: start; gap: 8px; break-inside: avoid; }
.mistakes img { width: 160px; border-radius: 6px; }
.mistakes .gone { display: grid; place-items: center; width: 160px; aspect-ratio: 1; padding: 12px; background: var(--raised); border-radius: 6px; text-align: center; }
.mistakes .file { color: var(--quiet); }
.mistakes .cause { white-space: nowrap; margin-left: 6px; }
.mistakes .cause .swatch { margin-right: 4px; }
`;
