import { Ec2Double } from '@kiln/platforms/testing/ec2';
import { type Ec2Server, serveEc2 } from '@kiln/platforms/testing/ec2-server';
import { machine, type TestMachine } from '@kiln/testing/bed';

/** An EC2 whose machines are in the network and let in the key that they were made with. They come up only while `boots`. */
export async function ec2WithMachines() {
  const double = new Ec2Double();
  const server: Ec2Server = await serveEc2(double);
  const hosts = new Map<string, Promise<TestMachine>>();
  const state = { boots: true };

  async function boot(id: string, keyName: string): Promise<TestMachine> {
    const host = await machine('ec2');
    await host.exec('sh', '-c', 'echo "$1" >>~kiln-test/.ssh/authorized_keys', 'sh', double.estate.publicKeys.get(keyName) ?? '');
    const instance = double.there.find(({ InstanceId }) => InstanceId === id);
    if (instance) Object.assign(instance, { State: { Name: 'running' }, PublicIpAddress: host.env['SSH_HOST'] });
    return host;
  }

  /** Makes what was asked for, and takes down what has ended. */
  function settle(): false {
    for (const { InstanceId = '', KeyName = '' } of state.boots ? double.there : []) {
      if (!hosts.has(InstanceId)) hosts.set(InstanceId, boot(InstanceId, KeyName));
    }
    for (const [id, host] of hosts) {
      if (double.there.every(({ InstanceId }) => InstanceId !== id)) void host.then((there) => there.down());
    }
    return false;
  }
  for (const action of ['RunInstances', 'TerminateInstances']) double.faults.push({ action, times: Infinity, after: settle });

  return {
    double,
    server,
    state,
    async close() {
      await server.close();
      for (const host of hosts.values()) await (await host).down();
    },
  };
}
