import type { ConceptEdit, ConceptItem, RunResult } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';
import { demoEvaluation, shortcutsOf } from './fake-evaluation.ts';
import { CLASSES } from './fake-setup.ts';

interface Notes {
  readonly names: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
  readonly merged: readonly (readonly string[])[];
  readonly comments: Readonly<Record<string, string>>;
  readonly joined: readonly string[];
}

const NONE: Notes = { names: {}, hidden: [], merged: [], comments: {}, joined: [] };

/** What a person made of the concepts, with undo and redo, over the demo's run. */
export function fakeEdits(reader: DemoRunReader) {
  const { run, strengths, coverOf } = reader;
  let past: readonly { notes: Notes; what: string }[] = [];
  let future: typeof past = [];
  let notes = NONE;

  const apply = (edit: ConceptEdit): Notes => {
    switch (edit.kind) {
      case 'rename':
        return { ...notes, names: { ...notes.names, [edit.concept]: edit.name } };
      case 'hide':
        return { ...notes, hidden: [...notes.hidden, edit.concept] };
      case 'show':
        return { ...notes, hidden: notes.hidden.filter((id) => id !== edit.concept) };
      case 'merge':
        return { ...notes, merged: joined(notes.merged, edit.concepts) };
      case 'unmerge':
        return { ...notes, merged: notes.merged.filter(([first]) => first !== edit.concept) };
      case 'hide-parts':
        return { ...notes, joined: [...notes.joined, edit.concept] };
      case 'show-parts':
        return { ...notes, joined: notes.joined.filter((id) => id !== edit.concept) };
      case 'comment':
        return { ...notes, comments: { ...notes.comments, [edit.concept]: edit.text } };
    }
  };

  const nameOf = (rank: number): string => notes.names[run.concepts[rank].id] ?? run.concepts[rank].name;
  // Not what a model would say, but between the largest and the sum, as a rule.
  const together = (members: readonly number[]) => {
    const sum = (end: 'mean' | 'low' | 'high') =>
      Math.min(1, 0.9 * members.reduce((total, at) => total + run.concepts[at].importance[end], 0));
    return { mean: sum('mean'), low: sum('low'), high: sum('high') };
  };

  const item = (rank: number): ConceptItem => {
    const concept = run.concepts[rank];
    const group = notes.merged.find(([first]) => first === concept.id) ?? [];
    const members = group.map((id) => run.concepts.findIndex((one) => one.id === id));
    return {
      id: concept.id,
      name: notes.names[concept.id] ?? concept.name,
      givenName: concept.name,
      rank,
      importance: members.length > 0 ? together(members) : concept.importance,
      // The run tells all apart; the last three stand for a tie here.
      tier: Math.min(concept.tier, 7),
      // As a run that looked at it would have it: the third holds the score down.
      effect: rank === 2 ? -0.4 : 1 / (rank + 1),
      prevalence: concept.prevalence,
      reliability: group.length > 0 ? null : demoEvaluation.figures!.concepts[rank].reliability,
      shortcuts: shortcutsOf(concept.id),
      // As if every concept rested on the first pictures of its class.
      basis:
        group.length > 0
          ? null
          : {
              cosine: 0.98 - 0.02 * rank,
              importance: { low: 0.9 * concept.importance.low, high: 1.1 * concept.importance.high },
              isRefitted: rank === 1,
              images: run.images.slice(0, 4).map(({ file }, image) => ({
                image,
                fileName: file.split('/').at(-1)!,
                picture: `img:${file}`,
                share: 0.3 / (image + 1),
              })),
            },
      isHidden: notes.hidden.includes(concept.id),
      group: members.map((at) => ({ id: run.concepts[at].id, name: nameOf(at) })),
      comment: notes.comments[concept.id] ?? '',
      cover: coverOf(rank),
      strengths: strengths[rank],
    };
  };

  /** Concepts that are not merged into others, the most important first. */
  const shown = (): number[] =>
    [...run.concepts.keys()]
      .filter((at) => !notes.merged.some((group) => group.slice(1).includes(run.concepts[at].id)))
      .sort((a, b) => item(b).importance.mean - item(a).importance.mean);

  const result = (): RunResult => ({
    run: {
      project: 'p1',
      runId: 'run1',
      status: 'finished',
      problem: null,
      name: null,
      created: '2026-11-20T10:00:00Z',
      seconds: 21,
      images: run.images.length,
      verdict: 'good',
      // As where two concepts are strongest at the same place.
      cover: [0, 1, 1, 2].map((rank) => coverOf(rank)[0]),
      className: run.className,
      classIndex: 2,
      layer: run.layer.tensor,
      concepts: run.concepts.length,
      isFinished: true,
    },
    className: run.className,
    score: {
      model: { task: 'multiclass', activation: 'softmax', classes: CLASSES },
      explained: { kind: 'class', index: CLASSES.indexOf(run.className) },
    },
    layer: run.layer as unknown as RunResult['layer'],
    images: run.images.length,
    concepts: shown().map((at, rank) => ({ ...item(at), rank })),
    uncomputed: [],
    reconstruction: run.reconstruction,
    factorization: { iterations: 200, ...run.factorization } as RunResult['factorization'],
    importance: run.importance as RunResult['importance'],
    rest: { mean: 0.021, low: 0.012, high: 0.034 },
    device: { used: 'cpu', fallbackReasons: ['webgpu: no adapter was found'] },
    cooccurrence: shown().map((one) =>
      shown().map(
        (other) =>
          strengths[one].filter((value, image) => value > 0 && strengths[other][image] > 0).length /
          strengths[one].length,
      ),
    ),
    skipped: [],
    transparent: null,
    preprocessing: { source: 'card', reason: 'from the card beside the model' },
    undo: past.at(-1)?.what ?? null,
    redo: future.at(-1)?.what ?? null,
  });

  const edit = (change: ConceptEdit): RunResult => {
    past = [...past, { notes, what: change.kind }];
    notes = apply(change);
    future = [];
    return result();
  };
  const undo = (): RunResult => {
    const last = past.at(-1);
    if (last === undefined) return result();
    future = [...future, { notes, what: last.what }];
    past = past.slice(0, -1);
    notes = last.notes;
    return result();
  };
  const redo = (): RunResult => {
    const next = future.at(-1);
    if (next === undefined) return result();
    past = [...past, { notes, what: next.what }];
    future = future.slice(0, -1);
    notes = next.notes;
    return result();
  };
  return { result, edit, undo, redo, notes: () => notes };
}

/** Groups with the concepts in one of them, and whatever these were merged with. */
function joined(groups: Notes['merged'], concepts: readonly string[]): Notes['merged'] {
  const touched = groups.filter((group) => group.some((id) => concepts.includes(id)));
  return [
    ...groups.filter((group) => !touched.includes(group)),
    [...new Set([...concepts, ...touched.flat()])],
  ];
}
