import { shownName } from './shown-name.ts';

/** What a run is called: the name that a person gave, else its number. */
export function runLabel(id: string, name?: string | null): string {
  return shownName(name ?? id.replace(/^run(\d+)$/, 'Run $1'));
}
