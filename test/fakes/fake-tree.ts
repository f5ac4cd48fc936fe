import type {
  ConceptTree,
  DecompositionFacts,
  DecompositionLayer,
  TreeItem,
  WorkbenchApi,
} from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

const EARLIER = {
  tensor: '/blocks/blocks.0/Relu_1_output_0',
  shape: [1, 48, 16, 16],
  kind: 'spatial',
  channelAxis: 1,
  grid: [16, 16],
  computeShare: 0.507,
} as const;
const FIRST = {
  ...EARLIER,
  tensor: '/stem/stem.5/Relu_output_0',
  grid: [32, 32],
  computeShare: 0.199,
} as const;

/** As it would be with few channels. */
const FIRST_FACTS = { layer: FIRST, channels: 3, usualParts: 3 } as const;

const FACTS: DecompositionFacts = {
  layer: EARLIER,
  isChosen: true,
  images: 19,
  reconstruction: { r2: 0.71, relativeError: 0.34 },
  reproduction: { r2: 0.93, relativeError: 0.19 },
  stability: 0.96,
  importance: { design: 'sobol', samples: 32, replicates: 2 },
};
const SHARES = [0.62, 0.31, 0.12, 0.03, 0.02, 0.01, 0.01, 0.01];

type Names = () => { readonly names: Readonly<Record<string, string>>; readonly joined: readonly string[] };

/** Concepts of the demo's run and parts of them: the first is decomposed from the start, others when it is asked for. */
export function fakeTree(
  { run, coverOf }: DemoRunReader,
  notes: Names,
): Pick<WorkbenchApi, 'getTree' | 'listDecompositionLayers' | 'decomposeConcept'> {
  const partCounts = new Map<string, number>([['c0', 4]]);
  const layer = run.layer as unknown as TreeItem['layer'];

  const grow = (id: string, givenName: string, depth: number, rank: number, share: number): TreeItem[] => {
    const count = notes().joined.includes(id) ? 0 : (partCounts.get(id) ?? 0);
    const parts = Array.from({ length: count }, (_, i) => `${id}-${i}`);
    const last = id.lastIndexOf('-');
    const item: TreeItem = {
      id,
      parent: last < 0 ? null : id.slice(0, last),
      name: notes().names[id] ?? givenName,
      givenName,
      depth,
      rank,
      importance: { mean: share, low: share * 0.9, high: Math.min(1, share * 1.08 + 0.01) },
      prevalence: 0.8,
      images: depth === 0 ? run.images.length : FACTS.images,
      cover: coverOf((rank + depth * 2) % run.concepts.length).slice(0, 4),
      layer: depth === 0 ? layer : EARLIER,
      decomposition: count > 0 ? FACTS : null,
      parts,
    };
    return [
      item,
      ...parts.flatMap((part, i) => grow(part, `${givenName}.${i + 1}`, depth + 1, rank, SHARES[i])),
    ];
  };
  const tree = (): ConceptTree => ({
    project: 'p1',
    runId: 'run1',
    items: run.concepts.flatMap(({ id, name, importance }, rank) => grow(id, name, 0, rank, importance.mean)),
  });
  const layersOf = (concept: string): DecompositionLayer[] =>
    concept.includes('-')
      ? [{ ...FIRST_FACTS, isProposed: true }]
      : [
          { ...FIRST_FACTS, isProposed: false },
          { layer: EARLIER, channels: 48, usualParts: 4, isProposed: true },
        ];
  return {
    getTree: () => Promise.resolve(tree()),
    listDecompositionLayers: ({ concept }) => Promise.resolve(layersOf(concept)),
    decomposeConcept: ({ concept, parts = 4 }) => {
      partCounts.set(concept, parts);
      return Promise.resolve(tree());
    },
  };
}
