import type { ParticipantAction, ParticipantView, Result } from '../../main/api/contract.ts';

/* All that the page asks its host, below its own address. */

/** What became of a call: an answer, or why there is none. `away`: nobody answered; the same call may be made again. */
export type Outcome =
  | { readonly kind: 'view'; readonly view: ParticipantView }
  | { readonly kind: 'away' }
  | { readonly kind: 'refused'; readonly message: string };

/** Changes the token of a link for this browser's right to answer. */
export async function join(token: string): Promise<'joined' | 'away' | 'refused'> {
  const response = await call('join', { token });
  if (response === undefined) return 'away';
  return response.ok ? 'joined' : 'refused';
}

/** What the participant sees now. */
export async function getView(): Promise<Outcome> {
  return outcomeOf(await call('view', undefined));
}

/** Does something, and says what comes next. */
export async function act(action: ParticipantAction): Promise<Outcome> {
  return outcomeOf(await call('act', action));
}

async function outcomeOf(response: Response | undefined): Promise<Outcome> {
  if (response === undefined) return { kind: 'away' };
  if (response.status === 403) return { kind: 'refused', message: '' };
  const result = (await response.json().catch(() => undefined)) as Result<ParticipantView> | undefined;
  if (result === undefined) return { kind: 'away' };
  if (result.ok) return { kind: 'view', view: result.value };
  // The disk of the host may be full for a while.
  if (result.error.code === 'storage') return { kind: 'away' };
  return { kind: 'refused', message: result.error.message };
}

/** Undefined where nobody answers, or where the host has a trouble of its own. */
async function call(name: string, body: unknown): Promise<Response | undefined> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(name, { cache: 'no-store', ...sent }).catch(() => undefined);
  return response !== undefined && response.status >= 500 ? undefined : response;
}
