import type { ComputeChild } from '../../../main/compute/client.ts';
import type { FromCompute, ToCompute } from '../../../main/compute/protocol.ts';

/** A compute process that does what a test tells it. */
export class FakeChild implements ComputeChild {
  readonly received: ToCompute[] = [];
  isKilled = false;
  say!: (message: FromCompute) => void;
  die!: (reason: string) => void;
  post = (message: ToCompute): void => void this.received.push(message);
  onMessage = (listener: (message: FromCompute) => void): void => void (this.say = listener);
  onExit = (listener: (reason: string) => void): void => void (this.die = listener);
  kill = (): void => void (this.isKilled = true);
  get jobs() {
    return this.received.filter((message) => message.type === 'job');
  }
}
