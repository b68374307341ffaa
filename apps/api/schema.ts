import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AccountResolver } from './account/account.resolver.ts';
import { ConnectorResolver } from './connector/connector.resolver.ts';
import { ConnectorFieldsResolver } from './connector/connector-fields.resolver.ts';
import { IterationResolver } from './iteration/iteration.resolver.ts';
import { JobResolver } from './job/job.resolver.ts';
import { JobSubscriptions } from './job/job.subscriptions.ts';
import { JobFieldsResolver } from './job/job-fields.resolver.ts';
import { JobOutcomeResolver } from './job/job-outcome.resolver.ts';
import { NodeResolver } from './node/node.resolver.ts';
import { NumberResolver } from './number/number.resolver.ts';
import { SweepNumberResolver } from './number/sweep-number.resolver.ts';
import { FoundOutputResolver } from './output/found-output.resolver.ts';
import { ChangePlatformResolver } from './platform/change-platform.resolver.ts';
import { CloudLookResolver } from './platform/cloud-look.resolver.ts';
import { PlatformResolver } from './platform/platform.resolver.ts';
import { PlatformFieldsResolver } from './platform/platform-fields.resolver.ts';
import { RentedMachineResolver } from './platform/rented-machine.resolver.ts';
import { PresetResolver } from './preset/preset.resolver.ts';
import { SpendingResolver } from './spending/spending.resolver.ts';
import { StageResolver } from './stage/stage.resolver.ts';
import { StorageResolver } from './storage/storage.resolver.ts';
import { SubmissionResolver } from './submission/submission.resolver.ts';
import { SweepResolver } from './sweep/sweep.resolver.ts';
import { SweepSubscriptions } from './sweep/sweep.subscriptions.ts';
import { SweepFieldsResolver } from './sweep/sweep-fields.resolver.ts';
import { AttemptResolver } from './task/attempt.resolver.ts';
import { TaskResolver } from './task/task.resolver.ts';
import { TaskSubscriptions } from './task/task.subscriptions.ts';

/** The API as its resolvers describe it. */
export function buildApiSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      AccountResolver,
      ConnectorResolver,
      ConnectorFieldsResolver,
      PlatformResolver,
      PlatformFieldsResolver,
      ChangePlatformResolver,
      CloudLookResolver,
      RentedMachineResolver,
      SpendingResolver,
      StageResolver,
      StorageResolver,
      JobResolver,
      JobFieldsResolver,
      JobOutcomeResolver,
      IterationResolver,
      JobSubscriptions,
      TaskResolver,
      AttemptResolver,
      TaskSubscriptions,
      FoundOutputResolver,
      NumberResolver,
      SweepNumberResolver,
      NodeResolver,
      PresetResolver,
      SubmissionResolver,
      SweepResolver,
      SweepFieldsResolver,
      SweepSubscriptions,
    ],
    validate: false,
    // The builder insists on one; every subscription here brings its own source.
    pubSub: createPubSub(),
  });
}
