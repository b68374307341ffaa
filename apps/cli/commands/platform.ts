import { CLOUD_PROVIDERS } from '@kiln/domain';
import { type Command, Option } from 'commander';
import { collect, jsonOption, parseAmount, parseNumber, parsePort, parseTime, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { AddOptions } from './platform-add.ts';
import type { AskOptions } from './platform-ask.ts';
import type { ListOptions } from './platform-list.ts';

export default function platform(command: Command, context: Context): void {
  declareAdd(command, context);
  declareAsk(command, context);
  const plain = (name: string, description: string) =>
    command.command(name).description(description).addOption(jsonOption()).addOption(urlOption());
  plain('list', 'List your platforms and how they fare.').action(async (options: ListOptions) =>
    (await import('./platform-list.ts')).list(options, context),
  );
  plain('show', 'Tell all that is known of a platform.')
    .argument('<name>', 'which platform')
    .action(async (name: string, options: ListOptions) => (await import('./platform-list.ts')).show(name, options, context));
  plain('try', 'Have every job that is blocked on a platform tried again now.')
    .argument('<name>', 'which platform')
    .action(async (name: string, options: ListOptions) => (await import('./platform-move.ts')).tryNow(name, options, context));
  plain('rename', 'Give a platform another name; jobs of the past and presets go along. Not while jobs run there.')
    .argument('<name>', 'which platform')
    .argument('<new name>', 'letters, digits, hyphens and dots')
    .action(async (name: string, to: string, options: ListOptions) =>
      (await import('./platform-move.ts')).rename(name, to, options, context),
    );
  command
    .command('remove')
    .description('Forget a platform and the key that Kiln logs in with. Not while jobs run there; their results stay.')
    .argument('<name>', 'which platform')
    .addOption(urlOption())
    .action(async (name: string, options: ListOptions) => (await import('./platform-move.ts')).remove(name, options, context));
}

function declareAdd(command: Command, context: Context): void {
  const add = command
    .command('add')
    .description('Register a machine or cluster that you can log in to, a bucket, a web server, a MyTardis or a cloud, and check it.');
  add
    .argument('<name>', 'what to call it: letters, digits, hyphens and dots')
    .addOption(
      new Option(
        '--kind <kind>',
        'what runs tasks there; s3 is a bucket for results, http a web server with input, mytardis publishes results, cloud makes machines for jobs',
      )
        .choices(['unix', 'slurm', 'pbs', 'sge', 's3', 'http', 'mytardis', 'cloud'])
        .default('unix'),
    )
    .addOption(new Option('--host <host>', 'name or address of the machine, or of the login node'));
  const update = command.command('update').description('Change what options name, and check the platform.');
  update
    .argument('<name>', 'which platform')
    .addOption(new Option('--host <host>', 'name or address of the machine, or of the login node'))
    .addOption(new Option('--password', 'ask for a password on the terminal'));
  for (const either of [add, update]) withSettings(either);
  add
    .addHelpText('after', `\nWithout a key, the password is asked for on the terminal. ${ONCE}`)
    .action(async (name: string, options: AddOptions) => (await import('./platform-add.ts')).add(name, options, context));
  update
    .addHelpText('after', `\nWhat no option names stays as it is. ${ONCE}`)
    .action(async (name: string, options: AddOptions) => (await import('./platform-add.ts')).update(name, options, context));
}

const ONCE =
  'A password is used once, to install a fresh key, and never stored; that of a web server or a MyTardis is stored, sealed. The exit code is 0 if the platform is ready, else 1.';

function withSettings(command: Command): void {
  command
    .addOption(new Option('--port <port>', 'where its SSH server listens').argParser(parsePort))
    .addOption(new Option('--user <user>', 'who logs in (of a new platform: your name here; of a cloud: on its machines)'))
    .addOption(new Option('--jump <hops>', 'through these, as user@host:port,…'))
    .addOption(new Option('--password-stdin', 'read the password from standard input').conflicts(['key', 'showKey', 'passphraseStdin']))
    .addOption(new Option('--key <file>', 'log in with this private key').conflicts('showKey'))
    .addOption(new Option('--passphrase-stdin', 'read the passphrase of --key from standard input'))
    .addOption(new Option('--show-key', 'make a key and print its public half, for you to install'))
    .addOption(new Option('--bucket <name>', 'of the kind s3: its name'))
    .addOption(new Option('--endpoint <address>', 'of the kinds s3 and cloud: the service, as in https://s3.example.org (default: Amazon)'))
    .addOption(
      new Option('--region <region>', 'of the kinds s3 and cloud: where the bucket is, or machines are made, if the service has regions'),
    )
    .addOption(new Option('--prefix <prefix>', 'of the kind s3: what the keys of results begin with'))
    .addOption(new Option('--path-style <yes or no>', 'of the kind s3: ENDPOINT/BUCKET (default: with --endpoint)').choices(['yes', 'no']))
    .addOption(new Option('--access-key <id>', 'of the kind s3, and of an EC2: what opens it; its secret half is asked for'))
    .addOption(new Option('--secret-stdin', 'read the secret half of --access-key from standard input'))
    .addOption(new Option('--base <address>', 'of the kind http: what its files are below, as in https://data.example.org/sets'))
    .addOption(new Option('--login <user>', 'of the kind http: who reads; the password is asked for').conflicts(['token', 'tokenStdin']))
    .addOption(new Option('--token', 'of the kind http: ask for a bearer token'))
    .addOption(new Option('--token-stdin', 'read the bearer token from standard input'))
    .addOption(new Option('--address <address>', 'of the kind mytardis: as in https://mytardis.example.org'))
    .addOption(new Option('--largest-file <MiB>', 'of the kind mytardis: larger files are left out (default: 2048)').argParser(parseNumber))
    .addOption(new Option('--api-key', 'of the kind mytardis: ask for an API key in place of a password'))
    .addOption(new Option('--api-key-stdin', 'read the API key from standard input'))
    .addOption(
      new Option('--provider <provider>', 'of the kind cloud: whose API it speaks (default: openstack)').choices([...CLOUD_PROVIDERS]),
    )
    .addOption(new Option('--clouds-yaml <file>', 'of an OpenStack: where it is and what opens it, as it gives it for download'))
    .addOption(new Option('--cloud <name>', 'which one of --clouds-yaml, if it has several'))
    .addOption(new Option('--image <name>', 'of the kind cloud: what machines start with, by name or id'))
    .addOption(new Option('--size <name>', 'of the kind cloud: the flavor, or instance type, of its machines'))
    .addOption(new Option('--network <name>', 'of the kind cloud: which network, or subnet, machines are in'))
    .addOption(new Option('--floating-network <name>', 'of an OpenStack: from which network each machine gets a floating address'))
    .addOption(new Option('--zone <name>', 'of the kind cloud: its availability zone'))
    .addOption(new Option('--source-range <range>', 'of the kind cloud: from where machines may be reached, as in 192.0.2.0/24'))
    .addOption(new Option('--boot-timeout <time>', 'of the kind cloud: for a machine to come up (default: 10m)').argParser(parseTime))
    .addOption(new Option('--price-per-hour <price>', 'of the kind cloud: of one machine').argParser(parseAmount))
    .addOption(new Option('--max-machines <n>', 'of the kind cloud: of one job (default: 4)').argParser(parseNumber))
    .addOption(new Option('--user-data <file>', 'of the kind cloud: what cloud-init on each machine is given (an empty file: nothing)'))
    .addOption(new Option('--description <text>', 'one sentence for people'))
    .addOption(new Option('--slots <n>', 'tasks of one job at once (default: what the check finds)').argParser(parseNumber))
    .addOption(new Option('--root <path>', 'jobs get their directories below it (default: the home directory)'))
    .addOption(new Option('--home <path>', 'the home directory there (default: what the machine says)'))
    .addOption(new Option('--module <module>', 'load this environment module before each task (again for more)').argParser(collect))
    .addOption(new Option('--setup <file>', 'lines of shell to run before each task, after the modules'))
    .addOption(new Option('--resource <name=value>', 'ask the scheduler for it unless a job says otherwise (again)').argParser(collect))
    .addOption(new Option('--tasks <n>', 'tasks that may run there at once').argParser(parseNumber))
    .addOption(new Option('--submissions-per-minute <n>', 'to the scheduler').argParser(parseNumber))
    .addOption(new Option('--commands-per-second <n>', 'on that machine').argParser(parseNumber))
    .addOption(new Option('--connections <n>', 'SSH connections of one worker').argParser(parseNumber))
    .addOption(new Option('--sessions <n>', 'sessions at once on one connection').argParser(parseNumber))
    .addOption(new Option('--lost-after <time>', 'a machine that cannot be reached is lost after it, such as 2h').argParser(parseTime))
    .addOption(jsonOption())
    .addOption(urlOption());
}

const ACTIONS = {
  check: 'Look at a platform and tell what is found.',
  rotate: 'Install a fresh key in place of the one that Kiln logs in with.',
  repin: 'Pin the host keys that the machines show now: after they were changed on purpose.',
} as const;

function declareAsk(command: Command, context: Context): void {
  for (const [name, description] of Object.entries(ACTIONS)) {
    const action = command.command(name).description(description).argument('<name>', 'which platform');
    if (name === 'rotate') {
      action
        .addOption(new Option('--password', 'ask for the password on the terminal: the present key does not open any more'))
        .addOption(new Option('--password-stdin', 'read the password from standard input'));
    }
    action
      .addOption(jsonOption())
      .addOption(urlOption())
      .addHelpText('after', '\nThe exit code is 0 if the platform is ready, else 1.')
      .action(async (which: string, options: AskOptions) => {
        const asked = await import('./platform-ask.ts');
        return asked.run(asked.isAction(name) ? name : 'check', which, options, context);
      });
  }
}
