import { requestPlatformAction } from '@kiln/db/change-platform';
import { deletePlatform, renamePlatform } from '@kiln/db/move-platform';
import { liveJobsOn } from '@kiln/db/platform-jobs';
import { KnownError, type PlatformAction, type Problem } from '@kiln/domain';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { checked } from '../checked.ts';
import type { Context } from '../context.ts';
import { readEnrolment, sealed } from './enrolment.ts';
import { ownPlatform, usablePlatform } from './own-platform.ts';
import { RegisterPlatformInput, UpdatePlatformInput } from './platform.input.ts';
import { DeletePlatformResult, Platform, PlatformResult } from './platform.type.ts';
import { platformName } from './platform-shape.ts';
import { register, update } from './register.ts';

const NAME = { description: 'Its name.' };

@Resolver()
export class ChangePlatformResolver {
  @Mutation(() => PlatformResult, {
    description:
      'Registers a machine or cluster that the viewer can log in to, a bucket, a web server, a MyTardis or a cloud, and has it checked.',
  })
  registerPlatform(
    @Arg('input', () => RegisterPlatformInput, { description: 'What to register.' }) input: RegisterPlatformInput,
    @Ctx() context: Context,
  ): Promise<PlatformResult> {
    return register(context, input);
  }

  @Mutation(() => PlatformResult, { description: 'Changes a platform and has it checked.' })
  async updatePlatform(
    @Arg('name', () => String, NAME) name: string,
    @Arg('input', () => UpdatePlatformInput, { description: 'What to change.' }) input: UpdatePlatformInput,
    @Ctx() context: Context,
  ): Promise<PlatformResult> {
    return update(context, await ownPlatform(context, name), input);
  }

  @Mutation(() => Platform, {
    description: 'Gives a platform another name; jobs of the past and presets go along. Not while jobs run there.',
  })
  async renamePlatform(
    @Arg('name', () => String, NAME) name: string,
    @Arg('to', () => String, { description: 'Its new name.' }) to: string,
    @Ctx() context: Context,
  ): Promise<Platform> {
    await ownPlatform(context, name);
    await renamePlatform(context.db, name, checked(platformName, to));
    return usablePlatform(context, to);
  }

  @Mutation(() => DeletePlatformResult, {
    description: 'Removes a platform and the key that Kiln logs in with, unless jobs run there. Its jobs and their results stay.',
  })
  async deletePlatform(@Arg('name', () => String, NAME) name: string, @Ctx() context: Context): Promise<DeletePlatformResult> {
    await ownPlatform(context, name);
    try {
      await deletePlatform(context.db, name);
      return { problems: [], jobs: [] };
    } catch (error) {
      if (!(error instanceof KnownError) || error.code !== 'CONFLICT') throw error;
      const problems = [{ path: [], code: error.code, message: error.message }];
      return { problems, jobs: await liveJobsOn(context.db, name) };
    }
  }

  @Mutation(() => Platform, { description: 'Has a platform checked; `platformChanged` tells what is found.' })
  checkPlatform(@Arg('name', () => String, NAME) name: string, @Ctx() context: Context): Promise<Platform> {
    return request(context, name, 'check');
  }

  @Mutation(() => Platform, { description: 'Installs a fresh key in place of the one that Kiln logs in with.' })
  async rotatePlatformKey(
    @Arg('name', () => String, NAME) name: string,
    @Arg('password', () => String, { nullable: true, description: 'Needed only where the present key does not open any more.' })
    password: string | null,
    @Ctx() context: Context,
  ): Promise<Platform> {
    return request(context, name, 'rotate', password);
  }

  @Mutation(() => Platform, { description: 'Pins the host keys that the machines show now, in place of those that were pinned.' })
  repinPlatform(@Arg('name', () => String, NAME) name: string, @Ctx() context: Context): Promise<Platform> {
    return request(context, name, 'repin');
  }
}

async function request(context: Context, name: string, action: PlatformAction, password?: string | null): Promise<Platform> {
  const { bucket, url, curator, cloud } = await ownPlatform(context, name);
  if (bucket && action !== 'check') throw new KnownError('BAD_INPUT', `'${name}' is a bucket: change its access key instead.`);
  if (url && action !== 'check') throw new KnownError('BAD_INPUT', `'${name}' is a web server: change its login instead.`);
  if (curator && action !== 'check') throw new KnownError('BAD_INPUT', `'${name}' is a MyTardis: change its password or API key instead.`);
  if (cloud && action !== 'check') throw new KnownError('BAD_INPUT', `'${name}' is a cloud: change its credential instead.`);
  await requestPlatformAction(context.db, name, action, typeof password === 'string' ? await sealedPassword(context, password) : undefined);
  return usablePlatform(context, name);
}

async function sealedPassword({ db }: Context, password: string): Promise<Buffer> {
  const problems: Problem[] = [];
  const enrolment = readEnrolment({ password }, problems);
  if (!enrolment) throw new KnownError('BAD_INPUT', problems[0]?.message ?? 'This password cannot be used.');
  return sealed(db, enrolment);
}
