import { hierarchy, tree } from 'd3';
import type { TreeItem } from '../../main/api/contract.ts';

/** Pixels from one level to the next, and from one leaf to the next. */
const LEVEL = 284;
const ROW = 76;
/** Room of the class before the first level. */
const STEM = 96;

/** A node in its place: `x` is its left edge, `y` its middle. */
interface PlacedItem {
  readonly item: TreeItem;
  readonly x: number;
  readonly y: number;
  /** 1-based place among its siblings, and how many there are. */
  readonly position: number;
  readonly siblings: number;
  readonly isExpanded: boolean | undefined;
}

/** The line from a parent (the class for a concept of the run) to a node. */
export interface PlacedLink {
  readonly id: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly item: TreeItem;
}

/** A tree with a place for every item. */
export interface PlacedTree {
  /** In the order of reading. */
  readonly nodes: readonly PlacedItem[];
  readonly links: readonly PlacedLink[];
  readonly root: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
}

interface Datum {
  readonly item: TreeItem | undefined;
  readonly children: readonly Datum[];
}

/**
 * Lays a tree out from left to right (Reingold and Tilford 1981, by d3): the class, its concepts, their parts.
 * `nodeWidth` is where a node ends and the lines to its parts begin; `collapsed` holds the nodes whose parts are
 * not shown.
 */
export function layOutTree(
  items: readonly TreeItem[],
  collapsed: ReadonlySet<string>,
  nodeWidth: number,
): PlacedTree {
  const byId = new Map(items.map((item) => [item.id, item]));
  const datumOf = (item: TreeItem): Datum => ({
    item,
    children: collapsed.has(item.id) ? [] : item.parts.flatMap((id) => byId.get(id) ?? []).map(datumOf),
  });
  const roots = items.filter(({ parent }) => parent === null).map(datumOf);
  const laid = tree<Datum>()
    .nodeSize([ROW, LEVEL])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.15))(
    hierarchy<Datum>({ item: undefined, children: roots }, ({ children }) => [...children]),
  );
  const top = Math.min(...laid.descendants().map((node) => node.x)) - ROW / 2;
  const bottom = Math.max(...laid.descendants().map((node) => node.x)) + ROW / 2;
  const place = (node: { x: number; depth: number }): [number, number] => [
    node.depth === 0 ? 0 : STEM + (node.depth - 1) * LEVEL,
    node.x - top,
  ];
  const nodes: PlacedItem[] = [];
  const links: PlacedLink[] = [];
  laid.eachBefore((node) => {
    const { item } = node.data;
    if (item === undefined || node.parent === null) return;
    const [x, y] = place(node);
    const [parentX, parentY] = place(node.parent);
    const siblings = node.parent.children ?? [];
    nodes.push({
      item,
      x,
      y,
      position: siblings.indexOf(node) + 1,
      siblings: siblings.length,
      isExpanded: item.parts.length === 0 ? undefined : !collapsed.has(item.id),
    });
    links.push({
      id: item.id,
      from: [node.parent.depth === 0 ? STEM - 28 : parentX + nodeWidth, parentY],
      to: [x, y],
      item,
    });
  });
  return { nodes, links, root: place(laid), width: STEM + laid.height * LEVEL, height: bottom - top };
}

/** A line that leaves and arrives level. */
export function linkPath({ from: [x0, y0], to: [x1, y1] }: Pick<PlacedLink, 'from' | 'to'>): string {
  const middle = (x0 + x1) / 2;
  return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}`;
}

/** Where a key leads in the tree: another node, or opening or closing this one; undefined for other keys. */
export function treeStep(
  { nodes }: PlacedTree,
  id: string,
  key: string,
): { readonly to: string } | { readonly toggle: string } | undefined {
  const at = nodes.findIndex(({ item }) => item.id === id);
  const node = nodes[at];
  if (node === undefined) return undefined;
  const goto = (found: PlacedItem | undefined) => ({ to: found?.item.id ?? id });
  switch (key) {
    case 'ArrowDown':
      return goto(nodes[at + 1]);
    case 'ArrowUp':
      return goto(nodes[at - 1]);
    case 'Home':
      return goto(nodes[0]);
    case 'End':
      return goto(nodes.at(-1));
    case 'ArrowRight':
      if (node.isExpanded === false) return { toggle: id };
      return node.isExpanded === true ? goto(nodes[at + 1]) : { to: id };
    case 'ArrowLeft':
      if (node.isExpanded === true) return { toggle: id };
      return { to: node.item.parent ?? id };
    default:
      return undefined;
  }
}
