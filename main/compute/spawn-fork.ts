import { fork } from 'node:child_process';
import type { ComputeChild } from './client.ts';
import type { FromCompute } from './protocol.ts';

/** Starts the compute process under Node.js; `entry` may be TypeScript where this process can load it. */
export function spawnFork(entry: string, name: string, onOutput: (text: string) => void): ComputeChild {
  const child = fork(entry, [name], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.setEncoding('utf8').on('data', onOutput);
  let exited = false;
  return {
    post: (message) => void (child.connected && child.send(message)),
    onMessage: (listener) => child.on('message', (message) => listener(message as FromCompute)),
    onExit: (listener) => {
      const tell = (reason: string): void => {
        if (exited) return;
        exited = true;
        listener(reason);
      };
      child.on('exit', (code, signal) => tell(signal ?? `exit code ${code}`));
      child.on('error', (error) => tell(error.message));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
