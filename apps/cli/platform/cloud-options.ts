import { CommandError } from '../exit.ts';
import type { PlatformOptions } from './registration.ts';

interface CloudOptions extends PlatformOptions {
  readonly accessKey?: string;
}

/** Looked at before a secret is asked for. @throws CommandError if options do not go together */
export function needCloudOptions(provider: string, options: CloudOptions): void {
  const { cloudsYaml, cloud, accessKey } = options;
  if (provider === 'ec2' && (cloudsYaml ?? cloud) !== undefined)
    throw new CommandError('EC2 is opened with an access key: give --access-key in place of --clouds-yaml and --cloud.');
  if (provider === 'openstack' && accessKey !== undefined)
    throw new CommandError('An OpenStack is opened with what its clouds.yaml says: give --clouds-yaml in place of --access-key.');
  if (cloud !== undefined && cloudsYaml === undefined) throw new CommandError('--cloud comes with --clouds-yaml.');
}

/** What else a new one needs, beside what the API asks for. */
export function needNewCloud(provider: string, options: CloudOptions): void {
  needCloudOptions(provider, options);
  if (provider === 'openstack' && options.cloudsYaml === undefined)
    throw new CommandError(
      'Give --clouds-yaml: it says where the cloud is and opens it. For a cloud that speaks as EC2 does, give --provider ec2.',
    );
  if (provider === 'ec2' && options.region === undefined)
    throw new CommandError('Give --region: where machines are made, as in eu-central-1.');
  if (provider === 'ec2' && options.accessKey === undefined) throw new CommandError('Give --access-key: it opens EC2.');
}
