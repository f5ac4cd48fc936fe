import { utilityProcess } from 'electron';
import { saidSoFar, type RunCommand } from '../engines/command-process.ts';

/** Commands of the command line, each in a utility process of Electron; `entry` is the built command-utility.ts. */
export function utilityCommands(entry: string): RunCommand {
  return (argv, signal) =>
    new Promise((resolve) => {
      const child = utilityProcess.fork(entry, [...argv], { serviceName: 'Tessera command', stdio: 'pipe' });
      let said = '';
      child.stderr?.on('data', (data: Buffer) => (said = saidSoFar(said, data.toString('utf8'))));
      child.stdout?.resume();
      const onAbort = (): void => void child.kill();
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      child.once('exit', (code) => {
        signal.removeEventListener('abort', onAbort);
        resolve({ code, how: `ended with ${code}`, said });
      });
    });
}
