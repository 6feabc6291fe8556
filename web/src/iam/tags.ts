import {
  type IAMClient,
  ListPolicyTagsCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
  TagPolicyCommand,
  TagRoleCommand,
  TagUserCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UntagUserCommand,
} from "@aws-sdk/client-iam";

import { allPages } from "@/api/all-pages";
import type { Tag } from "@/components/tags-field";
import type { TagCalls } from "@/components/tags-panel";

export type Tagged = "user" | "role" | "policy";

/** The same operations for all that has tags; a policy's name is its ARN. */
export interface Tags extends TagCalls {
  list: () => Promise<Tag[]>;
}

const tagsIn = ({ Tags = [] }: { Tags?: Tag[] | undefined }) => Tags;

const MAKERS: Record<Tagged, (iam: IAMClient, name: string) => Tags> = {
  user: (iam, UserName) => ({
    list: () => allPages((Marker) => iam.send(new ListUserTagsCommand({ UserName, Marker })), (page) => tagsIn(page)),
    add: (tags) => iam.send(new TagUserCommand({ UserName, Tags: tags })),
    remove: (TagKeys) => iam.send(new UntagUserCommand({ UserName, TagKeys })),
  }),
  role: (iam, RoleName) => ({
    list: () => allPages((Marker) => iam.send(new ListRoleTagsCommand({ RoleName, Marker })), (page) => tagsIn(page)),
    add: (tags) => iam.send(new TagRoleCommand({ RoleName, Tags: tags })),
    remove: (TagKeys) => iam.send(new UntagRoleCommand({ RoleName, TagKeys })),
  }),
  policy: (iam, PolicyArn) => ({
    list: () => allPages((Marker) => iam.send(new ListPolicyTagsCommand({ PolicyArn, Marker })), (page) => tagsIn(page)),
    add: (tags) => iam.send(new TagPolicyCommand({ PolicyArn, Tags: tags })),
    remove: (TagKeys) => iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys })),
  }),
};

export function tagsOf(iam: IAMClient, kind: Tagged, name: string): Tags {
  return MAKERS[kind](iam, name);
}
