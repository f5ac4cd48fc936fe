import type { CodedBank } from '../linalg/coded-bank.ts';
import type { Storage } from '../platform.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import type { RunFile } from '../project/schema.ts';
import type { FileFact } from './question.ts';
import { filesKey } from './stage.ts';
import type { KnownStage } from './stage-runner.ts';
import { bankStage } from './stages/bank.ts';

/**
 * The concept bank of a finished run as the input of further stages. The run's own images are part of its fingerprint;
 * where the stages are about `others`, these take their place, so that nothing stored of the one stands for the other.
 */
export function knownBank(
  storage: Pick<Storage, 'sha256'>,
  { run, conceptBank }: { readonly run: RunFile; readonly conceptBank: CodedBank },
  others?: readonly FileFact[],
): KnownStage {
  const ofRun = run.stages['bank']?.fingerprint ?? run.id;
  const fingerprint =
    others === undefined ? ofRun : fingerprintOf(storage, { bank: ofRun, images: filesKey(others) });
  const { method } = run.explanation?.factorization ?? {};
  return { stage: bankStage, fingerprint, value: { conceptBank, method } };
}
