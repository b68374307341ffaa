import type { CloudProvider, CloudUse } from '../provider.ts';
import { admit, withdraw } from './admission.ts';
import { choicesOf, imageFor, networkFor } from './choices.ts';
import { endInstance, isInstanceThere, listInstances, noteOnInstance } from './instances.ts';
import { type Parts, runInstance } from './run.ts';
import type { Session } from './session.ts';

/** Amazon EC2, and what speaks as it does: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
export function ec2(session: Session, use: CloudUse, signal: AbortSignal): CloudProvider {
  const { cloud } = use;
  const letIn = async () => {
    const { id, VpcId = '' } = await networkFor(session, cloud, signal);
    return { network: id, ...(await admit(session, use, VpcId, signal)) };
  };
  let parts: Promise<Parts> | null = null;
  /** Looked up once for all machines of a call. */
  const known = () => {
    parts ??= Promise.all([imageFor(session, cloud, signal), letIn()]).then(([{ id: image, disks }, rest]) => ({ image, disks, ...rest }));
    return parts;
  };
  return {
    list: () => listInstances(session, use, signal),
    create: async (purpose) => runInstance(session, use, await known(), purpose, signal),
    note: (id, seen) => noteOnInstance(session, id, seen, signal),
    destroy: (id) => endInstance(session, id, signal),
    isThere: (id) => isInstanceThere(session, id, signal),
    choices: () => choicesOf(session, cloud, cloud.image, signal),
    // Its limits are those of another service, and of cores of families of types: a refusal tells them.
    quota: async () => null,
    admit: async () => void (await letIn()),
    withdraw: () => withdraw(session, use, signal),
  };
}
