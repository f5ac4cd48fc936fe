import { randomBytes } from 'node:crypto';
import {
  cookiesOf,
  foreignReason,
  isEqualSecret,
  isOurHost,
  type RequestHeaders,
} from '../http/own-pages.ts';

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
  refusal(request: RequestHeaders, kind: 'read' | 'write'): string | undefined;
  /** Is the Host header one of ours? */
  isOurHost(request: RequestHeaders): boolean;
}

/** Access for one page in a browser on this machine: the token is good once, the cookie until the host ends. */
export function createAccess(port: number): Access {
  const token = randomBytes(24).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const cookie = `tessera-${port}`;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  let isUsed = false;

  const hasCookie = (request: RequestHeaders): boolean =>
    cookiesOf(request, cookie).some((value) => isEqualSecret(value, secret));

  return {
    token,
    isOurHost: (request) => isOurHost(request, hosts),
    redeem(given) {
      if (isUsed || given === null || !isEqualSecret(given, token)) return undefined;
      isUsed = true;
      return `${cookie}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    refusal(request, kind) {
      const foreign = foreignReason(request, hosts, kind);
      if (foreign !== undefined) return foreign;
      return hasCookie(request) ? undefined : 'no session: open the address that was printed at the start';
    },
  };
}
