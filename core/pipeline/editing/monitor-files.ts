import type { Monitor } from './make-monitor.ts';
import { monitorPage, type MonitorNames } from './monitor-page.ts';

/** What a monitor is written as, the model first. */
export const MONITOR_FILES = ['monitor.onnx', 'monitor.json', 'monitor.md'] as const;

/** A name of {@link MONITOR_FILES}. */
export type MonitorFile = (typeof MONITOR_FILES)[number];

/** Is a file of an export one of a monitor? */
export function isMonitorFile(file: string): file is MonitorFile {
  return (MONITOR_FILES as readonly string[]).includes(file);
}

/** The bytes of one file of a monitor; `names` are those that its page tells. */
export function monitorFile(
  { bytes, facts }: Monitor,
  file: MonitorFile,
  names: MonitorNames = { model: 'monitor.onnx', facts: 'monitor.json' },
): Uint8Array {
  const encoder = new TextEncoder();
  switch (file) {
    case 'monitor.onnx':
      return bytes;
    case 'monitor.json':
      return encoder.encode(`${JSON.stringify(facts, null, 2)}\n`);
    case 'monitor.md':
      return encoder.encode(monitorPage(facts, names));
  }
}
