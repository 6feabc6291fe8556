import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3-control";

import { useS3Control } from "@/api/s3-control";
import { Page } from "@/components/page";
import { useText } from "@/i18n";
import { useSession } from "@/session/session-context";

import { nothingBlocked } from "./permissions/public-access";
import { PublicAccessPanel } from "./permissions/public-access-panel";

/** Block Public Access of the whole account. An account that blocks nothing has no settings. */
export function Component() {
  const text = useText();
  const control = useS3Control();
  const { account: AccountId } = useSession();
  return (
    <Page title={text("s3.accountBlock")}>
      <PublicAccessPanel
        id={AccountId}
        description={text("s3.accountBlockHelp")}
        risk={text("s3.allowInAccount", { account: AccountId })}
        read={async () =>
          (await control.send(new GetPublicAccessBlockCommand({ AccountId }))).PublicAccessBlockConfiguration
        }
        save={(PublicAccessBlockConfiguration) =>
          nothingBlocked(PublicAccessBlockConfiguration)
            ? control.send(new DeletePublicAccessBlockCommand({ AccountId }))
            : control.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration }))
        }
      />
    </Page>
  );
}
