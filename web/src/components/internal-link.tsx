import Link, { type LinkProps } from "@cloudscape-design/components/link";
import { useHref, useNavigate } from "react-router";

import { Wrap } from "./wrap";

interface Props {
  to: string;
  children: string | number | undefined;
  variant?: LinkProps.Variant;
}

/** A link to another page of the console. */
export function InternalLink({ to, children, variant = "secondary" }: Props) {
  const navigate = useNavigate();
  return (
    <Link
      href={useHref(to)}
      variant={variant}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    >
      <Wrap>{children}</Wrap>
    </Link>
  );
}
