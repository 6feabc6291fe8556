import { AttachPage } from "@/iam/attach-page";

export function Component() {
  return <AttachPage kind="group" />;
}
