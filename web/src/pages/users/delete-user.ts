import {
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListMFADevicesCommand,
  RemoveUserFromGroupCommand,
} from "@aws-sdk/client-iam";

import { failureOf } from "@/api/errors";
import { stripPermissions } from "@/iam/delete";

/** Carry on where there was nothing to delete, or the server knows no such thing. */
async function ifThere(act: Promise<unknown>): Promise<void> {
  try {
    await act;
  } catch (error) {
    const { code, notOffered } = failureOf(error);
    if (code !== "NoSuchEntityException" && code !== "NoSuchEntity" && !notOffered) throw error;
  }
}

async function deactivateMfa(iam: IAMClient, UserName: string): Promise<void> {
  const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({ UserName }));
  for (const { SerialNumber } of MFADevices) {
    await iam.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
  }
}

/** Delete a user with all that belongs to it: policies, memberships, keys, password, MFA devices. */
export async function deleteUser(iam: IAMClient, UserName: string): Promise<void> {
  await stripPermissions(iam, "user", UserName);
  const { Groups = [] } = await iam.send(new ListGroupsForUserCommand({ UserName }));
  for (const { GroupName } of Groups) await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName }));
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata) {
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  }
  await ifThere(deactivateMfa(iam, UserName));
  await ifThere(iam.send(new DeleteLoginProfileCommand({ UserName })));
  await iam.send(new DeleteUserCommand({ UserName }));
}
