/** Style of plain tables and of the command. */
export const TABLES_STYLE = `
.plain { font-size: 14px; }
.plain + .plain, .columns + .plain, .columns + .columns { margin-top: 32px; }
.columns > .plain { margin-top: 0; }
.intro + .plain { margin: 16px 0; }
.plain caption { text-align: left; font-weight: 650; padding-bottom: 6px; }
.plain tr { border-top: 1px solid var(--line); }
.plain th, .plain td { padding: 5px 12px 5px 0; }
.plain th { color: var(--quiet); }
.plain tbody th { width: 34%; }
.plain td:last-child, .plain th:last-child { padding-right: 0; }
.plain .short { white-space: nowrap; }
pre { padding: 12px 16px; margin-bottom: 24px; border-radius: 6px; background: var(--raised); white-space: pre-wrap; }
`;
