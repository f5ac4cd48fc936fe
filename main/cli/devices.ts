import { probeDevices } from '../../core/runtime/device.ts';
import { speedText } from '../../core/wording/number-text.ts';
import { loadTfjsBackend } from '../../core/runtime/tfjs-backend.ts';
import { parseArguments } from './arguments.ts';

/** `devices`: what can compute here, and why something cannot. */
export async function devices(argv: readonly string[]): Promise<void> {
  const args = parseArguments(argv, { json: { type: 'boolean' } });
  const reports = await probeDevices();
  const { name: backend, module, reasons } = await loadTfjsBackend();
  const tensors = { backend: backend ?? 'float64', module: module ?? null, reasons };
  if (args.flag('json')) {
    console.log(JSON.stringify({ devices: reports, tensors }, null, 2));
    return;
  }
  for (const { name, available, reason, detail, speed } of reports) {
    const state = available ? `ready   ${detail}` : `absent  ${reason}`;
    const ratio = available && name !== 'cpu' ? `; ${speedText(speed)} the CPU on a small network` : '';
    console.log(`${name.padEnd(9)}${state}${ratio}`);
  }
  console.log(`tensors  ready   ${module ?? 'plain loops in 64 bits'}`);
}
