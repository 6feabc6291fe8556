import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { type ReactNode, useEffect } from "react";
import { useHref, useNavigate } from "react-router";
import { Stack } from "./stack";

export interface Crumb {
  text: string;
  to: string;
}

interface Props {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  /** The pages above this one. */
  above?: Crumb[];
  children: ReactNode;
}

/** What each page begins with: where one is, its title, what may be done. */
export function Page({ title, description, actions, above = [], children }: Props) {
  const navigate = useNavigate();
  const home = useHref("/").replace(/\/$/, "");
  useEffect(() => {
    document.title = `${title} · Deputize`;
  }, [title]);
  const crumbs = [...above.map(({ text, to }) => ({ text, href: home + to })), { text: title, href: "" }];
  return (
    <ContentLayout
      {...(above.length > 0 && {
        breadcrumbs: (
          <BreadcrumbGroup
            items={crumbs}
            onFollow={(event) => {
              event.preventDefault();
              if (event.detail.href) void navigate(event.detail.href.slice(home.length));
            }}
          />
        ),
      })}
      header={
        <Header variant="h1" description={description} actions={actions}>
          {title}
        </Header>
      }
    >
      <Stack>{children}</Stack>
    </ContentLayout>
  );
}
