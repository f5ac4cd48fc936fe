/** Of all pictures, or half of them mistakes of the model. */
export type Scenario = 'all' | 'failures';

/** How much a participant of a utility study learns and predicts. */
export interface UtilitySizes {
  readonly sessions: number;
  /** Pictures learnt and predicted in a session. */
  readonly train: number;
  readonly test: number;
  /** The same before it counts. */
  readonly practiceTrain: number;
  readonly practiceTest: number;
}

/** What a drawn picture has to be: its answer by the model, and whether that is a mistake (null: whatever). */
export interface Cell {
  readonly key: string;
  readonly answer: 0 | 1;
  readonly isMistake: boolean | null;
}

/** Wanted pictures of the practice, and of each session after it. */
export interface SessionSlots {
  readonly train: readonly Cell[];
  readonly test: readonly Cell[];
}

/**
 * What is wanted in every place, the practice first. Answers alternate through the whole study, so that each list has as many
 * of either, or one more, and the study as many; mistakes and right answers alternate within each answer.
 */
export function slotsOf(sizes: UtilitySizes, scenario: Scenario): SessionSlots[] {
  let place = 0;
  const cells = (count: number): Cell[] => Array.from({ length: count }, () => cellAt(place++, scenario));
  const practice = { train: cells(sizes.practiceTrain), test: cells(sizes.practiceTest) };
  const sessions = Array.from({ length: sizes.sessions }, () => ({
    train: cells(sizes.train),
    test: cells(sizes.test),
  }));
  return [practice, ...sessions];
}

function cellAt(place: number, scenario: Scenario): Cell {
  const answer = (place % 2) as 0 | 1;
  const isMistake = scenario === 'all' ? null : Math.floor(place / 2) % 2 === 1;
  return { key: `${answer} ${isMistake}`, answer, isMistake };
}

/** How many pictures are wanted of each cell. */
export function cellsOf(slots: readonly SessionSlots[]): { readonly cell: Cell; readonly needed: number }[] {
  const found = new Map<string, { cell: Cell; needed: number }>();
  for (const cell of slots.flatMap(({ train, test }) => [...train, ...test])) {
    const own = found.get(cell.key) ?? { cell, needed: 0 };
    own.needed++;
    found.set(cell.key, own);
  }
  return [...found.values()];
}

const TRAIN_SIZES = [8, 7, 6, 5, 4];
const TEST_SIZES = [10, 9, 8, 7, 6, 5, 4];

/**
 * The largest studies that are possible with so many pictures of each cell, one for each number of sessions up to the one
 * asked for, most sessions first: as many tests as there can be, then as much to learn from.
 */
export function smallerSizes(
  asked: UtilitySizes,
  scenario: Scenario,
  available: ReadonlyMap<string, number>,
): UtilitySizes[] {
  const fits = (sizes: UtilitySizes): boolean =>
    cellsOf(slotsOf(sizes, scenario)).every(({ cell, needed }) => needed <= (available.get(cell.key) ?? 0));
  const found: UtilitySizes[] = [];
  for (let sessions = asked.sessions; sessions >= 1; sessions--) {
    const tried = TEST_SIZES.filter((test) => test <= asked.test).flatMap((test) =>
      TRAIN_SIZES.filter((train) => train <= asked.train).map((train) => ({
        ...asked,
        sessions,
        train,
        test,
      })),
    );
    const best = tried.find(fits);
    if (best !== undefined) found.push(best);
  }
  return found;
}
