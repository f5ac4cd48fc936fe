import type { OverviewClassItem } from '../../main/api/contract.ts';
import type { ClassOrder } from './overview.svelte.ts';

/** Places of the classes of an overview in an order, those alone whose name holds a text. */
export function orderedClasses(
  classes: readonly OverviewClassItem[],
  order: ClassOrder,
  filter: string,
): number[] {
  const wanted = filter.trim().toLowerCase();
  const places = [...classes.keys()].filter((at) => classes[at].name.toLowerCase().includes(wanted));
  if (order === 'name') places.sort((a, b) => classes[a].name.localeCompare(classes[b].name));
  // Of which nothing is known last.
  if (order === 'mistakes')
    places.sort((a, b) => (classes[a].right?.value ?? 2) - (classes[b].right?.value ?? 2));
  return places;
}
