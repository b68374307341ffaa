import type { LoadedConnector } from '@kiln/connectors/load';
import type { ConnectorRow } from '@kiln/db/catalog';
import type { PlatformKind } from '@kiln/domain';
import { Field, ObjectType } from 'type-graphql';
import { DeclaredOutput, outputForPeople } from '../output/declared-output.type.ts';
import { DateTime } from '../scalars.ts';

@ObjectType({ description: 'A kind of computation that may be submitted.' })
export class Connector {
  /** The folder as it was when it was last sound; not a field of the schema. */
  loaded!: LoadedConnector | null;
  @Field(() => String, { description: 'The name of its folder.' })
  name!: string;
  @Field(() => String, { description: 'Its name for people.' })
  title!: string;
  @Field(() => String, { description: 'What it computes, in a paragraph.' })
  description!: string;
  @Field(() => [String], { description: 'Kinds of platforms that it runs on: unix (and with it every cluster), slurm, pbs, sge, cloud.' })
  runsOn!: readonly PlatformKind[];
  @Field(() => Boolean, { description: 'Whether new jobs of it may be submitted.' })
  active!: boolean;
  @Field(() => String, {
    nullable: true,
    description: 'Content hash of the version that a new job gets; null while the folder was never sound.',
  })
  version!: string | null;
  @Field(() => String, { nullable: true, description: 'One sentence: why the folder as it is now cannot be used.' })
  problem!: string | null;
  @Field(() => [DeclaredOutput], { description: 'What each task leaves in its files.' })
  outputs!: readonly DeclaredOutput[];
  @Field(() => DateTime, { description: 'When it changed last.' })
  updatedAt!: string;
}

/** A connector as it is recorded, with what its folder says. */
export function connectorOf(row: ConnectorRow, loaded: LoadedConnector | undefined): Connector {
  const { title, description, runsOn, outputs } = loaded?.connector ?? { title: row.name, description: '', runsOn: [], outputs: [] };
  return { ...row, title, description, runsOn, outputs: outputs.map(outputForPeople), loaded: loaded ?? null };
}
