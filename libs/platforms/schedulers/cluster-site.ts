import { join } from 'node:path/posix';
import type { JobRef, NodeRef, Platform, Site } from '@kiln/domain';
import { JobOnNode } from '../job-on-node.ts';
import { asset } from '../runner/asset.ts';
import type { Shell } from '../shells/shell.ts';
import { cancelElements } from './cancel-elements.ts';
import type { Cluster } from './cluster.ts';
import { dealing } from './elements.ts';
import { lookAtElements } from './look.ts';
import { SUBMIT, type Submission, submitOnce } from './submission.ts';

/** A cluster: `head` is its login node, where everything but the tasks themselves happens; those go through the scheduler. */
export function createClusterSite(head: Site, shell: Shell, cluster: Cluster, platform: Platform): Site {
  const on = (job: JobRef, node: NodeRef) => new JobOnNode(shell, job, node);

  return {
    ...head,

    async prepare(job, node, payload) {
      const there = on(job, node);
      const what = 'What an earlier round left could not be ended';
      if (await there.isOfEarlier(asset('node.sh'), payload.round, what)) await cancelElements(cluster, there, platform.name);
      await head.prepare(job, node, payload);
    },

    async launch(job, node, batch) {
      if (batch.script !== 'main.sh') return head.launch(job, node, batch);
      const there = on(job, node);
      const { tasksPerElement, mostElements, resources } = dealing(batch, platform);
      const input = batch.tasks.map((number) => `${number}\n`).join('');
      const amounts = [tasksPerElement, mostElements, batch.tasks.length].map(String);
      const plan = await there.array(['plan', batch.name, ...amounts], SUBMIT, { input });
      for (const submission of parsePlan(plan)) await submitOnce(cluster, platform, there, batch, submission, resources);
    },

    async look(job, node, batch, offset) {
      return (await lookAtElements(cluster, on(job, node), batch, offset)) ?? head.look(job, node, batch, offset);
    },

    /** The batch's journal grows when somebody looks; what tells that there is something to be seen is `ended`. */
    follow(job, node, path, hint) {
      const paths = path.endsWith('/journal') ? [path, join(path, '../ended')] : [path];
      const stops = paths.map((one) => head.follow(job, node, one, hint));
      return () => {
        for (const stop of stops) stop();
      };
    },

    async stop(job, node) {
      await cancelElements(cluster, on(job, node), platform.name);
      await head.stop(job, node);
    },
  };
}

/** Lines of `plan`: number, count of elements, state. */
function parsePlan(text: string): readonly Submission[] {
  return text.split('\n').flatMap((line) => {
    const [s = '', count, state] = line.split(' ');
    return state === 'new' || state === 'busy' || state === 'unsure' || state === 'submitted' ? [{ s, count: Number(count), state }] : [];
  });
}
