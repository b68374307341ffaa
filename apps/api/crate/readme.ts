import { jobDirectory } from '@kiln/domain';
import type { Crate } from './crate.ts';

/** For whoever opens the crate without knowing what it is. */
export function readme({ job, owner }: Pick<Crate, 'job' | 'owner'>): string {
  return `# ${jobDirectory(job)}

A run of the connector ${job.connector} (version ${job.version.slice(0, 12)}) by ${owner.name}, exported from Kiln as a Provenance Run Crate:
\`ro-crate-metadata.json\` says what ran with what, when and where, and what came of it, with checksums.

| here         | is                                                                             |
| ------------ | ------------------------------------------------------------------------------ |
| \`connector/\` | the program and its definition, as the job ran them                            |
| \`values/\`    | what each task found as \`values.json\`                                          |
| \`input_N/\`   | the input sets of iteration N, if it had any                                   |
| \`output_N/\`  | what the tasks of iteration N left, unless it was left out                     |
| \`logs/\`      | what the tasks wrote to their standard output and error, unless it was left out |
| \`kiln/\`      | what \`run.sh\` needs                                                            |

## Run it again

    sh run.sh                    # every task, as many at once as there are processors
    sh run.sh -d again -j 2 3 7  # tasks 3 and 7, two at once, in the directory \`again\`
    diff -r output_0 rerun/output_0

It needs a POSIX shell, awk, mkfifo, bash or setsid, and what the program itself needs: load modules before you start it. Tasks find the same
\`values.json\`, environment, arguments and inputs as in the job. Unpack the crate with a program that keeps the modes of files, such as
\`unzip\`. Time limits, retries and resources of the job do not hold here.
`;
}
