import type { LogLine } from '../api/contract.ts';
import type { EventHub } from './events.ts';

const KEPT = 2000;

/** The log that a person can open: what the workbench did and what went wrong, newest last. */
export interface Log {
  write(level: LogLine['level'], text: string): void;
  linesAfter(number: number): readonly LogLine[];
}

/** An empty log; each line is sent to views. */
export function createLog(events: EventHub): Log {
  const lines: LogLine[] = [];
  let count = 0;
  return {
    write(level, text) {
      const line = { number: ++count, time: new Date().toISOString(), level, text };
      lines.push(line);
      if (lines.length > KEPT) lines.shift();
      events.emit('log', line);
    },
    linesAfter: (number) => lines.filter((line) => line.number > number),
  };
}
