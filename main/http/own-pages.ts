import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The part of a request that says where it is from. */
export type RequestHeaders = Pick<IncomingMessage, 'headers'>;

/** Is the Host header one of ours? A name that somebody else lets resolve to our address is not. */
export function isOurHost({ headers }: RequestHeaders, hosts: readonly string[]): boolean {
  return hosts.includes(headers.host ?? '');
}

/** Why a request is not from a page of ours, by Host, Origin and Sec-Fetch-Site; undefined where nothing is against it. */
export function foreignReason(
  request: RequestHeaders,
  hosts: readonly string[],
  kind: 'read' | 'write',
): string | undefined {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (!isOurHost(request, hosts)) return 'wrong host';
  const isOwnOrigin = origin !== undefined && hosts.some((host) => origin === `http://${host}`);
  if (kind === 'write' && !isOwnOrigin) return 'wrong origin';
  if (origin !== undefined && !isOwnOrigin) return 'wrong origin';
  return site === 'cross-site' || site === 'same-site' ? 'another site' : undefined;
}

/** The values of a cookie that a request carries; several where paths overlap. */
export function cookiesOf({ headers }: RequestHeaders, name: string): string[] {
  return (headers.cookie ?? '').split('; ').flatMap((pair) => {
    const [key, value = ''] = pair.split('=');
    return key === name ? [value] : [];
  });
}

/** Are two secrets equal? Takes as long whether they are or not. */
export function isEqualSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
