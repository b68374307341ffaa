import { findConnector } from '@kiln/db/catalog';
import { deletePreset, listPresets, MOST_RECENT, savePreset } from '@kiln/db/presets';
import { KnownError } from '@kiln/domain';
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { checked } from '../checked.ts';
import type { Context } from '../context.ts';
import { parametersShape } from '../submission/parameters.ts';
import { SavePresetInput } from './preset.input.ts';
import { Preset } from './preset.type.ts';

const presetName = z
  .string()
  .trim()
  .min(1, 'Give the preset a name.')
  .max(100, 'The name of a preset has at most 100 letters.')
  .refine((name) => name !== MOST_RECENT, `Kiln itself keeps the preset "${MOST_RECENT}": choose another name.`);

@Resolver()
export class PresetResolver {
  @Query(() => [Preset], { description: `The viewer's presets of a connector; the one named '${MOST_RECENT}' is kept by Kiln.` })
  presets(
    @Arg('connector', () => String, { description: 'Name of the connector.' }) connector: string,
    @Ctx() { db, caller }: Context,
  ): Promise<Preset[]> {
    return listPresets(db, caller.user.id, connector);
  }

  @Mutation(() => Preset, { description: 'Saves parameters under a name.' })
  async savePreset(
    @Arg('input', () => SavePresetInput, { description: 'What to save.' }) input: SavePresetInput,
    @Ctx() { db, caller }: Context,
  ): Promise<Preset> {
    const name = checked(presetName, input.name);
    const parameters = checked(parametersShape, input.parameters);
    if (!(await findConnector(db, input.connector))) throw new KnownError('NOT_FOUND', `There is no connector "${input.connector}".`);
    return savePreset(db, { ownerId: caller.user.id, connector: input.connector, name, parameters });
  }

  @Mutation(() => ID, { description: 'Deletes a preset of the viewer. Gives its id.' })
  async deletePreset(@Arg('id', () => ID, { description: 'Which preset.' }) id: string, @Ctx() { db, caller }: Context): Promise<string> {
    if (!(await deletePreset(db, caller.user.id, id)))
      throw new KnownError('NOT_FOUND', 'You have no such preset; it may have been deleted already.');
    return id;
  }
}
