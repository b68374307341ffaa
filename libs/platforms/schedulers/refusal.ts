import { KnownError } from '@kiln/domain';

/** Words of schedulers for what passes by itself: it is away, or a limit on what may be in the queue is reached. */
const PASSES = [
  /unable to contact|cannot contact|could not contact|connection refused|commlib error|can't reach|communication (connection )?failure/i,
  /timed? ?out|temporarily|try again|resource unavailable|not responding|cannot connect|no permitted to connect/i,
  /MaxSubmit|MaxJobs|submit job limit|job limit|JobsPer|limit.*exceeded|exceeds? .*limit.*jobs|only \d+ jobs? .*allowed|would exceed|Maximum number of jobs|too many jobs/i,
  /disk quota|quota exceeded|no space left/i,
  /munge|expired (credential|ticket)|slurm controller/i,
  /down for maintenance|in maintenance|draining|server (is )?shutting down|server busy/i,
];

/** What a scheduler said when it did not take a job. It passes (retryable) if its words are of limits or of silence. */
export function refusal(words: string): KnownError {
  const said = firstLines(words);
  const retryable = PASSES.some((pattern) => pattern.test(said));
  return new KnownError('SCHEDULER_REFUSED', `The scheduler did not take the job: ${said || 'it gave no reason'}`, { retryable });
}

/** What a command said, short enough for a sentence. */
export function firstLines(words: string): string {
  return words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 3)
    .join(' ');
}
