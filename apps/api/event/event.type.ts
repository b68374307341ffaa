import type { EventKind as Kind } from '@kiln/domain';
import { Field, Float, ID, ObjectType } from 'type-graphql';
import { EventKind } from '../enums.ts';
import { type Edge, PageInfo } from '../page.ts';
import { DateTime } from '../scalars.ts';

@ObjectType({
  description:
    'A line of the history. For kind `job`, subject is `stage` or `status`; for task its number; for node its name; for note empty.',
})
export class Event {
  @Field(() => Float, { description: 'Counts from 1 over the whole installation, without gaps, in the order of commit.' })
  seq!: number;
  @Field(() => DateTime, { description: 'When it was written down.' })
  at!: string;
  @Field(() => ID, { nullable: true, description: 'The job that it tells of; null for kind `connector`.' })
  jobId!: number | null;
  @Field(() => EventKind, { description: 'What it tells of.' })
  kind!: Kind;
  @Field(() => String, { description: 'Which task, node or connector; `stage` or `status` of a job.' })
  subject!: string;
  @Field(() => String, { nullable: true, description: 'The stage, status or state before.' })
  from!: string | null;
  @Field(() => String, { nullable: true, description: 'The stage, status or state after.' })
  to!: string | null;
  @Field(() => String, { nullable: true, description: 'One sentence: why.' })
  message!: string | null;
}

@ObjectType({ description: 'An event in a page of events.' })
export class EventEdge {
  @Field(() => String, { description: 'Where it stands in the list.' })
  cursor!: string;
  @Field(() => Event, { description: 'The event.' })
  node!: Event;
}

@ObjectType({ description: 'A page of events.' })
export class EventConnection {
  @Field(() => [EventEdge], { description: 'The events with their cursors.' })
  edges!: readonly Edge<Event>[];
  @Field(() => [Event], { description: 'The events alone.' })
  nodes!: readonly Event[];
  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}
