import type { Answers } from '@kiln/domain';
import { asset } from './asset.ts';

/** The scripts by which tasks run without Kiln: `run.sh`, and what it calls. */
export function runScripts(): Answers['run-scripts'] {
  return { 'run.sh': String(asset('run.sh')), 'runner.sh': String(asset('runner.sh')), 'node.sh': String(asset('node.sh')) };
}
