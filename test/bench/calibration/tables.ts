import { CLAIM_IDS, claimsOf, verdictOf, type Claim, type ClaimId } from '../../../core/metrics/claims.ts';
import type { TrustLevel } from '../../../core/metrics/trust.ts';
import { table } from '../../../main/cli/text-table.ts';
import type { PlacedConcept, Result } from './result.ts';

/** A result whose class could be explained, graded by the bounds as they stand. */
export interface Graded extends Result {
  readonly run: NonNullable<Result['run']>;
  readonly claims: readonly Claim[];
  readonly grade: TrustLevel;
}

/** Grades a result; undefined where the class could not be explained. */
export function graded(result: Result): Graded | undefined {
  const { run } = result;
  if (run === undefined) return undefined;
  const claims = claimsOf(run.evidence);
  return { ...result, run, claims, grade: verdictOf(claims, run.evidence.isEvaluated) };
}

const GRADES: readonly TrustLevel[] = ['good', 'fair', 'weak', 'unknown'];
/** Right answers, in per cent and as shipped, from which on there is something to explain: halfway from chance, of five classes. */
const WORTH = 60;
/** A concept is the cue when at least this share of it goes with the cue, or comes. */
const CUE_CHANGE = 0.5;
/** Importance from which on a concept that is the cue counts as leaning on it. */
const LEANS = 0.05;

/** What the tables call right, printed with them. */
const DEFINITIONS = [
  `An explanation is sound when its model is worth explaining (right on at least ${WORTH} % of the shipped pictures, and neither`,
  'untrained nor memorised on noise) and its leading concepts, those of the first tier, are what the truth says: for a class',
  `with a shortcut, at least one of them is the cue (${CUE_CHANGE * 100} % of it or more goes, or comes, when the cue is taken out of the same`,
  'scenes) or the shortcut is flagged, which the verdict then says; in a model without a shortcut, at least one is not a cue and lies on the object (denser in the objects’ boxes than',
  'outside). The place of what leads is not judged in the other classes of a model with a shortcut, which turn on the lack of the',
  'cue as well, nor behind attention, where every position knows the whole picture. A flag is right on a class with a shortcut and false on any other.',
];

/** Is the concept what the cue shows? */
function isCue({ change }: Pick<PlacedConcept, 'change'>): boolean {
  return change !== undefined && change >= CUE_CHANGE;
}

function isOnObject({ onObject, objectArea }: PlacedConcept): boolean {
  return onObject > objectArea;
}

/** Concepts that no other surely precedes. */
function leading({ run }: Graded): PlacedConcept[] {
  return run.concepts.filter(({ tier }) => tier === 0);
}

/** See {@link DEFINITIONS}. */
export function isSound(result: Graded): boolean {
  if (!isWorth(result)) return false;
  const first = leading(result);
  if (result.isPlanted) return first.some(isCue) || isFlagged(result);
  const isPlaced = result.kind !== 'shortcut' && !result.architecture.includes('attention');
  return first.some((concept) => !isCue(concept) && (!isPlaced || isOnObject(concept)));
}

/** Is a shortcut told beside the verdict? */
function isFlagged({ run }: Graded): boolean {
  return (run.flags ?? []).length > 0;
}

function isWorth({ kind, accuracy }: Result): boolean {
  return kind !== 'untrained' && kind !== 'memorised-on-noise' && accuracy >= WORTH;
}

/** What was done to the model, and whether this class has to do with it. */
export function kindOf(result: Result): string {
  const { kind, isPlanted, cue } = result;
  if (kind === 'shortcut') return isPlanted ? `shortcut: ${cue}` : 'shortcut, other class';
  if (kind === 'label-noise') return isWorth(result) ? 'label noise, learned' : 'label noise, beyond use';
  return kind === 'none' ? 'clean' : kind;
}

/** As {@link kindOf}, all shortcuts together. */
function coarseKindOf(result: Result): string {
  return result.isPlanted ? 'shortcut' : kindOf(result);
}

/** A share with its counts. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** What the bench is for, as counts. */
export interface Calibration {
  /** "Good" on sound explanations, and sound explanations that are good or fair, not weak. */
  readonly goodIsRight: Share;
  readonly soundNotWeak: Share;
  /** Models that are not worth explaining and are not good. */
  readonly worthlessNotGood: Share;
  /** Classes with a shortcut whose cue leads, by itself or tied. */
  readonly cueLeads: Share;
  /** Absent until flags are looked for. */
  readonly flagPrecision?: Share;
  readonly flagRecall?: Share;
}

/** Counts over results; those without a run are left out. */
export function calibrationOf(results: readonly Result[]): Calibration {
  const all = gradedOf(results);
  const good = all.filter(({ grade }) => grade === 'good');
  const sound = all.filter(isSound);
  const worthless = all.filter((result) => !isWorth(result));
  const planted = all.filter((result) => result.isPlanted);
  const flagged = all.filter(({ run }) => run.flags !== undefined);
  const raised = flagged.filter(isFlagged);
  return {
    goodIsRight: shareOf(good, isSound),
    soundNotWeak: shareOf(sound, ({ grade }) => grade !== 'weak'),
    worthlessNotGood: shareOf(worthless, ({ grade }) => grade !== 'good'),
    cueLeads: shareOf(planted, (result) => leading(result).some(isCue)),
    ...(flagged.length > 0 && {
      flagPrecision: shareOf(raised, ({ isPlanted }) => isPlanted),
      flagRecall: shareOf(
        flagged.filter(({ isPlanted }) => isPlanted),
        isFlagged,
      ),
    }),
  };
}

function gradedOf(results: readonly Result[]): Graded[] {
  return results.flatMap((result) => graded(result) ?? []);
}

function shareOf<T>(of: readonly T[], isHit: (one: T) => boolean): Share {
  return { hits: of.filter(isHit).length, of: of.length };
}

/** "12 of 13 (92 %)". */
export function shareText({ hits, of }: Share): string {
  return of === 0 ? 'none looked at' : `${hits} of ${of} (${Math.round((100 * hits) / of)} %)`;
}

/** Every table of the bench. */
export function rowsOf(results: readonly Result[]): string[] {
  const counts = calibrationOf(results);
  const { flagPrecision, flagRecall } = counts;
  return [
    ...DEFINITIONS,
    '',
    ...gradeTable(results),
    '',
    `"good" is right:                        ${shareText(counts.goodIsRight)}`,
    `sound and not called weak:              ${shareText(counts.soundNotWeak)}`,
    `not worth explaining and not good:      ${shareText(counts.worthlessNotGood)}`,
    `the planted cue is the leading concept: ${shareText(counts.cueLeads)}`,
    `shortcut flags that are right:          ${flagPrecision ? shareText(flagPrecision) : 'not looked at'}`,
    `shortcuts that are flagged:             ${flagRecall ? shareText(flagRecall) : 'not looked at'}`,
    '',
    ...claimTable(results),
    '',
    ...oddities(results),
  ];
}

function byKind(results: readonly Result[], nameOf = kindOf): Map<string, Result[]> {
  const kinds = new Map<string, Result[]>();
  for (const result of results) kinds.set(nameOf(result), [...(kinds.get(nameOf(result)) ?? []), result]);
  return new Map([...kinds].sort(([a], [b]) => a.localeCompare(b)));
}

function gradeTable(results: readonly Result[]): string[] {
  const rows = [...byKind(results)].map(([kind, own]) => {
    const all = gradedOf(own);
    const counts = GRADES.map((wanted) => all.filter(({ grade }) => grade === wanted).length);
    return [
      kind,
      ...[own.length, ...counts, own.length - all.length, all.filter(isSound).length].map(String),
    ];
  });
  return table([['kind of fault', 'classes', ...GRADES, 'no run', 'sound'], ...rows]);
}

/** Least, lower quartile, median, upper quartile and greatest value of each claim, and how often it is weak. */
function claimTable(results: readonly Result[]): string[] {
  const rows = CLAIM_IDS.flatMap((id) =>
    [...byKind(results, coarseKindOf)].map(([kind, own]) => [id, kind, ...spread(gradedOf(own), id)]),
  );
  return table([['claim', 'kind of fault', 'least', '25 %', '50 %', '75 %', 'most', 'weak'], ...rows]);
}

function spread(results: readonly Graded[], id: ClaimId): string[] {
  const own = results.map(({ claims }) => claims.find((claim) => claim.id === id)!);
  const values = own.flatMap(({ value }) => value ?? []).sort((a, b) => a - b);
  const at = (part: number) => values[Math.round(part * (values.length - 1))]?.toFixed(3) ?? 'unknown';
  const weak = own.filter(({ grade }) => grade === 'weak').length;
  return [...[0, 0.25, 0.5, 0.75, 1].map(at), `${weak} of ${own.length}`];
}

/** The explanations to look at: good and not sound, sound and weak, a cue that leads unseen, false and missed flags. */
function oddities(results: readonly Result[]): string[] {
  return gradedOf(results).flatMap((result) => {
    const { run, grade, isPlanted } = result;
    const sound = isSound(result);
    const told = [
      ...(grade === 'good' && !sound ? ['good, but not sound'] : []),
      ...(grade === 'weak' && sound ? [`sound, but weak by ${weakClaims(result)}`] : []),
      ...(isPlanted && !leading(result).some(isCue) ? [`the cue does not lead${leaning(result)}`] : []),
      ...(run.flags !== undefined && run.flags.length > 0 && !isPlanted ? ['false flag'] : []),
      ...(run.flags?.length === 0 && isPlanted ? ['missed by flags'] : []),
    ];
    return told.length > 0 ? [`${result.model} ${result.class} (${kindOf(result)}): ${told.join('; ')}`] : [];
  });
}

function weakClaims({ claims }: Graded): string {
  return claims.flatMap(({ id, grade, cause }) => (grade === 'weak' ? [`${id} (${cause})`] : [])).join(', ');
}

function leaning({ run }: Graded): string {
  const at = run.concepts.findIndex((concept) => isCue(concept) && concept.importance.mean >= LEANS);
  return at < 0 ? '' : `, it is concept ${at + 1} (${run.concepts[at].importance.mean.toFixed(2)})`;
}
