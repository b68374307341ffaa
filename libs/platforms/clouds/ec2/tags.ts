import type { Filter, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { KEYS } from '../marks.ts';
import type { CloudUse } from '../provider.ts';

/** Marks of what Kiln makes for a platform. */
export function tagsOf({ cloud, installation }: CloudUse, more: Readonly<Record<string, string>> = {}): Tag[] {
  const all = { [KEYS.installation]: installation, [KEYS.platform]: cloud.tag, ...more };
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

/** What is made is marked in the very call that makes it. */
export function taggedAs(type: NonNullable<TagSpecification['ResourceType']>, tags: Tag[]): TagSpecification[] {
  return [{ ResourceType: type, Tags: tags }];
}

export function filtersOf({ cloud, installation }: CloudUse): Filter[] {
  return [
    { Name: `tag:${KEYS.installation}`, Values: [installation] },
    { Name: `tag:${KEYS.platform}`, Values: [cloud.tag] },
  ];
}

/** Looked at once more, as not all that speak EC2 know all filters: what bears no mark of this installation and platform is nobody's business. */
export function isOurs(thing: Tagged, { cloud, installation }: CloudUse): boolean {
  return tagIn(thing, KEYS.installation) === installation && tagIn(thing, KEYS.platform) === cloud.tag;
}

export interface Tagged {
  readonly Tags?: readonly Tag[] | undefined;
}

export function tagIn({ Tags }: Tagged, key: string): string | undefined {
  return Tags?.find(({ Key }) => Key === key)?.Value;
}
