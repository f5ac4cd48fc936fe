import { utilityProcess } from 'electron';
import type { ComputeChild } from './client.ts';
import type { FromCompute } from './protocol.ts';

/** Starts the compute process as a utility process of Electron. */
export function spawnUtility(entry: string, name: string, onOutput: (text: string) => void): ComputeChild {
  const child = utilityProcess.fork(entry, [name], { serviceName: `Tessera ${name}`, stdio: 'pipe' });
  child.stderr?.on('data', (data: Buffer) => onOutput(data.toString('utf8')));
  child.stdout?.resume();
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', (message) => listener(message as FromCompute)),
    onExit: (listener) => child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => {
      // Electron's own kill() asks politely; a process that hangs in native code does not hear it.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      else child.kill();
    },
  };
}
