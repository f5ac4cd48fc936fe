import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { TesseraError } from '../../core/errors.ts';
import type { StudyPlace } from '../../core/project/participant-files.ts';
import { pictureFileName } from '../../core/study/study-pictures.ts';
import { resultOf } from '../api/serialize-error.ts';
import { addressOf, readText } from '../http/messages.ts';
import { cookiesOf, foreignReason, isOurHost } from '../http/own-pages.ts';
import { found, json, pageFile, plain, type Resource } from '../http/resource.ts';
import type { Links } from './links.ts';
import { ACTION, JOIN } from './requests.ts';
import type { Seat } from './seat.ts';

/** What answering needs. */
export interface RouteContext {
  readonly place: StudyPlace;
  /** Folder of the built page. */
  readonly page: string;
  /** What went wrong inside. */
  readonly onInternal?: (error: unknown) => void;
  readonly links: Links;
  /** As the Host header may name us. */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly seatOf: (participant: number) => Seat;
  /** A participant has done something. */
  readonly tell: (participant: number) => void;
}

/** An answer is a few numbers. */
const LARGEST_BODY = 4096;
/** A browser may be closed and opened again for so long. */
const COOKIE_SECONDS = 14 * 86_400;

/**
 * Answers one request. The page is the same for everybody and says nothing; all else is below `/p/NUMBER/` and is asked for with
 * that participant's secret, which the browser sends nowhere else.
 */
export async function answerRequest(context: RouteContext, request: IncomingMessage): Promise<Resource> {
  const isRead = request.method === 'GET';
  if (!isRead && request.method !== 'POST') return plain(405, 'Only GET and POST.');
  const pathname = addressOf(request)?.pathname;
  if (pathname === undefined) return plain(400, 'The address is not well formed.');
  const [, digits, rest] = /^\/p\/([1-9]\d{0,5})\/(.*)$/.exec(pathname) ?? [];
  // The page may be opened from anywhere, as from a letter; what it then asks for comes from itself.
  const isPage = isRead && rest === '';
  const foreign = isPage ? undefined : foreignReason(request, context.hosts, isRead ? 'read' : 'write');
  if (!isOurHost(request, context.hosts)) return plain(403, 'Refused: wrong host.');
  if (foreign !== undefined) return plain(403, `Refused: ${foreign}.`);
  if (digits === undefined) return isRead ? ofEverybody(context, pathname) : plain(404, 'Not found.');
  const participant = Number(digits);
  if (isPage) return builtFile(context, []);
  if (!isRead && rest === 'join') return join(context, participant, request);
  if (!(await isAdmitted(context, participant, request)))
    return plain(403, 'Refused: this browser has not opened the link of this participant.');
  const seat = context.seatOf(participant);
  if (isRead && rest === 'view') return json(await resultOf(() => seat.view(), context.onInternal));
  if (isRead && rest.startsWith('pictures/')) return picture(context, seat, rest.slice('pictures/'.length));
  return !isRead && rest === 'act' ? act(context, participant, request) : plain(404, 'Not found.');
}

/** The files that the page is made of; who comes without a link is told where to get one. */
async function ofEverybody(context: RouteContext, pathname: string): Promise<Resource> {
  if (pathname === '/') return plain(200, 'Please ask the researcher for the link that is yours.');
  const [, name] = /^\/(assets\/[\w.-]+|mark\.svg)$/.exec(pathname) ?? [];
  return name === undefined ? plain(404, 'Not found.') : builtFile(context, name.split('/'));
}

async function builtFile({ page }: RouteContext, parts: readonly string[]): Promise<Resource> {
  return pageFile(page, parts).catch(() => plain(404, 'Not found.'));
}

/** A link's token becomes the secret of the browser. The same browser may open its link again. */
async function join(context: RouteContext, participant: number, request: IncomingMessage): Promise<Resource> {
  const body = await bodyOf(request, JOIN);
  if ('refused' in body) return body.refused;
  const secret = await context.links.redeem(participant, body.value.token);
  if (secret === undefined) {
    if (await isAdmitted(context, participant, request)) return json({ ok: true, value: null });
    return plain(403, 'Refused: this link was used already, or is not one that was given out.');
  }
  const cookie = `${cookieName(context)}=${secret}; HttpOnly; SameSite=Strict; Path=/p/${participant}/; Max-Age=${COOKIE_SECONDS}`;
  const answer = json({ ok: true, value: null });
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };
}

async function act(
  { seatOf, tell, onInternal }: RouteContext,
  participant: number,
  request: IncomingMessage,
): Promise<Resource> {
  const body = await bodyOf(request, ACTION);
  if ('refused' in body) return body.refused;
  const result = await resultOf(() => seatOf(participant).act(body.value), onInternal);
  if (result.ok) tell(participant);
  return json(result);
}

async function picture({ place }: RouteContext, seat: Seat, key: string): Promise<Resource> {
  const wanted = await seat.pictureOf(key);
  if (wanted === undefined) return plain(404, 'Not found.');
  const file = place.storage.join(place.folder, 'pictures', pictureFileName(wanted));
  const type = wanted.extension === 'png' ? 'image/png' : 'image/jpeg';
  return found(await readFile(file), type, { 'cache-control': 'private, max-age=86400, immutable' });
}

function isAdmitted(context: RouteContext, participant: number, request: IncomingMessage): Promise<boolean> {
  return context.links.admits(participant, cookiesOf(request, cookieName(context)));
}

/** Cookies know no ports: two hosts of one machine must not take each other's. */
function cookieName({ port }: Pick<RouteContext, 'port'>): string {
  return `tessera-study-${port}`;
}

async function bodyOf<Shape extends z.ZodType>(
  request: IncomingMessage,
  shape: Shape,
): Promise<{ readonly value: z.infer<Shape> } | { readonly refused: Resource }> {
  const text = await readText(request, LARGEST_BODY);
  if (text === undefined) return { refused: plain(413, 'It is too large.') };
  const parsed = shape.safeParse(parsedJson(text));
  if (parsed.success) return { value: parsed.data };
  const { path, message } = parsed.error.issues[0];
  const fault = new TesseraError('bad-usage', `study: ${path.join('.') || 'what was sent'}: ${message}.`);
  return { refused: { ...json(await resultOf(() => Promise.reject(fault))), status: 400 } };
}

/** Undefined for what is no JSON, which no shape here takes. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
