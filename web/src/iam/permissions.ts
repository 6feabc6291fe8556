import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";

import { allPages } from "@/api/all-pages";

import type { Kind } from "./entities";

/** A policy of a user, group or role: a managed one has an ARN, an inline one only its name. */
export interface Permission {
  name: string;
  arn: string | undefined;
}

/** The same operations for users, groups and roles. */
export interface Permissions {
  attached: () => Promise<Permission[]>;
  inline: () => Promise<Permission[]>;
  attach: (arn: string) => Promise<unknown>;
  detach: (arn: string) => Promise<unknown>;
  read: (policy: string) => Promise<string>;
  write: (policy: string, document: string) => Promise<unknown>;
  remove: (policy: string) => Promise<unknown>;
}

interface AttachedPolicies {
  AttachedPolicies?: { PolicyName?: string | undefined; PolicyArn?: string | undefined }[] | undefined;
}

interface InlineNames {
  PolicyNames?: string[] | undefined;
}

function attachedOf({ AttachedPolicies = [] }: AttachedPolicies): Permission[] {
  return AttachedPolicies.map(({ PolicyName = "", PolicyArn }) => ({ name: PolicyName, arn: PolicyArn }));
}

function inlineOf({ PolicyNames = [] }: InlineNames): Permission[] {
  return PolicyNames.map((name) => ({ name, arn: undefined }));
}

/** IAM answers documents URL-encoded (RFC 3986). */
export function decoded(document: string | undefined): string {
  return decodeURIComponent(document ?? "");
}

function ofUser(iam: IAMClient, UserName: string): Permissions {
  return {
    attached: () =>
      allPages((Marker) => iam.send(new ListAttachedUserPoliciesCommand({ UserName, Marker })), (page) => attachedOf(page)),
    inline: () => allPages((Marker) => iam.send(new ListUserPoliciesCommand({ UserName, Marker })), (page) => inlineOf(page)),
    attach: (PolicyArn) => iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
    detach: (PolicyArn) => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })),
    read: async (PolicyName) =>
      decoded((await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument),
    write: (PolicyName, PolicyDocument) => iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
    remove: (PolicyName) => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })),
  };
}

function ofGroup(iam: IAMClient, GroupName: string): Permissions {
  return {
    attached: () =>
      allPages((Marker) => iam.send(new ListAttachedGroupPoliciesCommand({ GroupName, Marker })), (page) => attachedOf(page)),
    inline: () => allPages((Marker) => iam.send(new ListGroupPoliciesCommand({ GroupName, Marker })), (page) => inlineOf(page)),
    attach: (PolicyArn) => iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
    detach: (PolicyArn) => iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })),
    read: async (PolicyName) =>
      decoded((await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName }))).PolicyDocument),
    write: (PolicyName, PolicyDocument) =>
      iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument })),
    remove: (PolicyName) => iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName })),
  };
}

function ofRole(iam: IAMClient, RoleName: string): Permissions {
  return {
    attached: () =>
      allPages((Marker) => iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker })), (page) => attachedOf(page)),
    inline: () => allPages((Marker) => iam.send(new ListRolePoliciesCommand({ RoleName, Marker })), (page) => inlineOf(page)),
    attach: (PolicyArn) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
    detach: (PolicyArn) => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
    read: async (PolicyName) =>
      decoded((await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument),
    write: (PolicyName, PolicyDocument) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
    remove: (PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
  };
}

const MAKERS = { user: ofUser, group: ofGroup, role: ofRole };

export function permissionsOf(iam: IAMClient, kind: Kind, name: string): Permissions {
  return MAKERS[kind](iam, name);
}
