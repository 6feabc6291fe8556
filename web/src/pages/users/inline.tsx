import { InlinePage } from "@/iam/inline-page";

export function Component() {
  return <InlinePage kind="user" />;
}
