import { request, type IncomingHttpHeaders } from 'node:http';
import type { ParticipantAction, ParticipantView, Result } from '../../../main/api/contract.ts';

/** An answer of a host, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one request, with nothing normalised on the way. */
export function ask(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false };
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.from(text, 'latin1').toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A participant's browser, as far as a host sees it. */
export class Participant {
  cookie = '';
  readonly port: number;
  readonly path: string;
  readonly token: string;

  constructor(link: string) {
    const { port, pathname, hash } = new URL(link);
    this.port = Number(port);
    this.path = pathname;
    this.token = hash.slice(1);
  }

  /** Opens the link; the browser keeps the cookie that it gets. */
  async join(token = this.token): Promise<Answer> {
    const answer = await this.post('join', { token });
    const cookie = answer.headers['set-cookie']?.[0].split(';')[0];
    if (cookie !== undefined) this.cookie = cookie;
    return answer;
  }

  get(rest: string): Promise<Answer> {
    return ask(this.port, 'GET', `${this.path}${rest}`, this.#headers());
  }

  post(rest: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const headers = { origin: `http://127.0.0.1:${this.port}`, ...this.#headers(), ...more };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return ask(this.port, 'POST', `${this.path}${rest}`, headers, text);
  }

  async view(): Promise<ParticipantView> {
    return valueOf(await this.get('view'));
  }

  async act(action: ParticipantAction): Promise<ParticipantView> {
    return valueOf(await this.post('act', action));
  }

  /** Does the next step, with an answer at a place. */
  async advance(view: ParticipantView, place = 0): Promise<ParticipantView> {
    const { at, step } = view;
    if (step.kind === 'consent') return this.act({ kind: 'agree' });
    if (step.kind !== 'ask') return this.act({ kind: 'go-on', at });
    const confidence = step.asksConfidence ? 4 : null;
    return this.act({ kind: 'answer', at, place, confidence, milliseconds: 1200 + at });
  }

  #headers(): Record<string, string> {
    return this.cookie === '' ? {} : { cookie: this.cookie };
  }
}

function valueOf(answer: Answer): ParticipantView {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  const result = JSON.parse(answer.text) as Result<ParticipantView>;
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
