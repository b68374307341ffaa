import { DescribeInstancesCommand, EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EC2_KEY, Ec2Double } from './ec2.ts';
import { type Ec2Server, serveEc2 } from './ec2-server.ts';

let server: Ec2Server;
beforeEach(async () => {
  server = await serveEc2(new Ec2Double());
});
afterEach(() => server.close());

/** A client whose requests have something added before they are signed. */
function clientThatSends(more: string, change = (body: string) => body): EC2Client {
  const client = new EC2Client({ region: 'eu-central-1', endpoint: server.url, credentials: EC2_KEY, maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string }; // of the Query protocol
      request.body = change(`${request.body}${more}`);
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  return client;
}

test.each([
  ['&Nonsense=1', 'UnknownParameter', 'Nonsense is not recognized'],
  ['&Filter.1.Nonsense=1', 'UnknownParameter', 'Filter.1.Nonsense is not recognized'],
  ['&Filter.2.Name=x', 'InvalidParameterValue', 'Filter is not numbered from 1'],
  ['&MaxResults=many', 'InvalidParameterValue', 'not a number'],
  ['&DryRun=yes', 'InvalidParameterValue', 'not a boolean'],
  ['&NextToken.1=x', 'UnknownParameter', 'NextToken has no parts'],
  ['&MaxResults=5&MaxResults=6', 'MalformedQueryString', 'MaxResults is given twice'],
])('what the model of the service does not know is refused, and complained of: %s', async (more, name, words) => {
  await expect(clientThatSends(more).send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name });
  expect(server.complaints).toEqual([expect.stringContaining(words)]);
});

test('what is missing is refused, and so is what is no operation', async () => {
  const without = clientThatSends('', (body) => body.replace(/&InstanceId[^&]*/, ''));
  await expect(without.send(new TerminateInstancesCommand({ InstanceIds: ['i-1'] }))).rejects.toMatchObject({ name: 'MissingParameter' });
  const unknown = clientThatSends('', (body) => body.replace('DescribeInstances', 'DescribeNonsense'));
  await expect(unknown.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
  expect(server.complaints).toHaveLength(2);
});

test('what the account lacks is refused without a complaint', async () => {
  const client = clientThatSends('');
  await expect(client.send(new TerminateInstancesCommand({ InstanceIds: ['i-1'] }))).rejects.toMatchObject({
    name: 'InvalidInstanceID.NotFound',
  });
  expect(server.complaints).toEqual([]);
});
