import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk to the host: whoever opens the printed address first, and then the browser that did.
 *
 * The token works once and is changed for a cookie. Host and Origin are compared with the host's own addresses, so
 * that neither another page in the same browser nor a name that resolves to 127.0.0.1 gets through.
 */
export interface Access {
  readonly token: string;
  /** The cookie to set when the token is right and still unused. */
  redeem(token: string | null): string | undefined;
  /** Why a request is refused; undefined when it is not. */
  refusal(request: Pick<IncomingMessage, 'headers'>, kind: 'read' | 'write'): string | undefined;
  /** Is the Host header one of ours? */
  isOurHost(request: Pick<IncomingMessage, 'headers'>): boolean;
}

/** Access for one page in a browser on this machine: the token is good once, the cookie until the host ends. */
export function createAccess(port: number): Access {
  const token = randomBytes(24).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const cookie = `tessera-${port}`;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  let isUsed = false;

  const isOurHost: Access['isOurHost'] = ({ headers }) => hosts.includes(headers.host ?? '');
  const hasCookie = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
    (headers.cookie ?? '').split('; ').some((pair) => {
      const [name, value = ''] = pair.split('=');
      return name === cookie && isEqual(value, secret);
    });

  return {
    token,
    isOurHost,
    redeem(given) {
      if (isUsed || given === null || !isEqual(given, token)) return undefined;
      isUsed = true;
      return `${cookie}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    refusal(request, kind) {
      const { origin } = request.headers;
      const site = request.headers['sec-fetch-site'];
      if (!isOurHost(request)) return 'wrong host';
      const isOwnOrigin = origin !== undefined && hosts.some((host) => origin === `http://${host}`);
      if (kind === 'write' && !isOwnOrigin) return 'wrong origin';
      if (origin !== undefined && !isOwnOrigin) return 'wrong origin';
      if (site === 'cross-site' || site === 'same-site') return 'another site';
      return hasCookie(request) ? undefined : 'no session: open the address that was printed at the start';
    },
  };
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
