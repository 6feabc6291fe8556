import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import { useHref, useNavigate } from "react-router";

import { useText } from "@/i18n";

/** The way from the bucket down to the prefix that is looked at. */
export function PrefixPath({ bucket, prefix }: { bucket: string; prefix: string }) {
  const text = useText();
  const navigate = useNavigate();
  const home = useHref("/").replace(/\/$/, "");
  if (prefix === "") return null;
  const parts = prefix.split("/").filter((part) => part !== "");
  const items = parts.map((part, index) => ({
    text: part,
    href: `${home}/s3/${bucket}?prefix=${encodeURIComponent(`${parts.slice(0, index + 1).join("/")}/`)}`,
  }));
  return (
    <BreadcrumbGroup
      ariaLabel={text("s3.path")}
      items={[{ text: bucket, href: `${home}/s3/${bucket}` }, ...items]}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(home.length));
      }}
    />
  );
}
