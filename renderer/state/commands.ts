import { screenOfKey, type Screen } from '../../core/wording/screen-names.ts';
import { commandOf, isTextEntry, type Command } from './keyboard.ts';
import type { Workbench } from './workbench.svelte.ts';

/** Answers a key press anywhere in the window; a widget that has used the key prevents the default before. */
export function answerKey(workbench: Workbench, event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  const command = event.defaultPrevented ? null : commandOf(event, isTextEntry(target));
  if (command === null || ownsKey(target, event.key)) return;
  if (perform(workbench, command, event.key)) event.preventDefault();
}

/** Controls use these keys themselves: a button its space, a slider and a radio group their arrows. */
function ownsKey(target: Element | null, key: string): boolean {
  if (target === null) return false;
  if (key === ' ' || key === 'Enter')
    return target.closest('button, a, input, select, summary, [role="option"]') !== null;
  return key.startsWith('Arrow') && target.closest('input, select, [role="grid"]') !== null;
}

function perform(workbench: Workbench, command: Command, key: string): boolean {
  const act = ACTIONS[command](workbench, key);
  return act !== false;
}

const isOn = ({ screen }: Workbench, ...screens: Screen[]): boolean => screens.includes(screen);

/** Each returns false where the key means nothing now, so that it keeps its usual effect. */
const ACTIONS: Readonly<Record<Command, (workbench: Workbench, key: string) => unknown>> = {
  open: (workbench) => void workbench.setup.pick('model').then((isSet) => isSet && workbench.go('setup')),
  search: (workbench) => (workbench.isSearchOpen = true),
  screen: (workbench, key) => goTo(workbench, screenOfKey(key.toLowerCase())),
  'next-concept': (workbench) => stepConcept(workbench, 1),
  'previous-concept': (workbench) => stepConcept(workbench, -1),
  'next-image': (workbench) => isOn(workbench, 'image') && workbench.images.step(1),
  'previous-image': (workbench) => isOn(workbench, 'image') && workbench.images.step(-1),
  'show-image': (workbench) =>
    isOn(workbench, 'concepts') && workbench.showImage(0, workbench.result.selectedId),
  overlay: (workbench) => isOn(workbench, 'image') && ((workbench.images.isOverlayShown = false), true),
  rename: (workbench) => onSelected(workbench, () => (workbench.result.isRenaming = true)),
  hide: (workbench) => onSelected(workbench, (concept) => workbench.result.toggleHidden(concept)),
  merge: (workbench) =>
    workbench.result.merging === null && onSelected(workbench, () => (workbench.result.pending = 'merge')),
  undo: (workbench) => undo(workbench),
  redo: (workbench) => isOn(workbench, 'concepts', 'image') && void workbench.result.redo(),
  keys: (workbench) => workbench.togglePanel('keys'),
  about: (workbench) => workbench.togglePanel('about'),
};

function goTo(workbench: Workbench, screen: Screen | undefined): unknown {
  if (screen === undefined) return false;
  workbench.go(screen);
  return true;
}

function stepConcept(workbench: Workbench, by: number): unknown {
  if (!isOn(workbench, 'concepts', 'image')) return false;
  workbench.result.step(by);
  if (isOn(workbench, 'image')) workbench.images.conceptId = workbench.result.selected?.id ?? null;
  return true;
}

function onSelected(
  workbench: Workbench,
  act: (concept: NonNullable<Workbench['result']['selected']>) => void,
): unknown {
  const { selected } = workbench.result;
  if (!isOn(workbench, 'concepts') || selected === undefined) return false;
  act(selected);
  return true;
}

function undo(workbench: Workbench): unknown {
  if (isOn(workbench, 'image') && workbench.whatIfImage.sliders.canUndo)
    return workbench.whatIfImage.sliders.undo();
  if (isOn(workbench, 'concepts', 'image')) return void workbench.result.undo();
  if (isOn(workbench, 'run') && workbench.runs.deleted.length > 0) return void workbench.runs.restore();
  if (!isOn(workbench, 'setup') || !workbench.setup.canUndo) return false;
  return void workbench.setup.undo();
}
