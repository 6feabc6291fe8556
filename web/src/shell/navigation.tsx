import SideNavigation from "@cloudscape-design/components/side-navigation";
import { useHref, useLocation, useNavigate } from "react-router";

import { type Key, useText } from "@/i18n";

const SECTIONS: { title: Key; pages: { to: string; name: Key }[] }[] = [
  {
    title: "nav.iam",
    pages: [
      { to: "/iam/groups", name: "nav.groups" },
      { to: "/iam/users", name: "nav.users" },
      { to: "/iam/roles", name: "nav.roles" },
      { to: "/iam/policies", name: "nav.policies" },
      { to: "/iam/providers", name: "nav.providers" },
      { to: "/iam/settings", name: "nav.settings" },
    ],
  },
  {
    title: "nav.s3",
    pages: [
      { to: "/s3", name: "nav.buckets" },
      { to: "/block-public-access", name: "nav.publicAccess" },
    ],
  },
  {
    title: "nav.access",
    pages: [
      { to: "/roles", name: "nav.myRoles" },
      { to: "/security", name: "nav.mySecurity" },
      { to: "/test", name: "nav.test" },
    ],
  },
];

export function Navigation() {
  const text = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const home = useHref("/").replace(/\/$/, "");
  const pages = SECTIONS.flatMap((section) => section.pages);
  const active = pages.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`))?.to ?? "/";
  return (
    <SideNavigation
      header={{ text: text("nav.home"), href: `${home}/` }}
      activeHref={home + active}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(home.length));
      }}
      items={SECTIONS.map(({ title, pages }) => ({
        type: "section",
        text: text(title),
        items: pages.map(({ to, name }) => ({ type: "link", text: text(name), href: home + to })),
      }))}
    />
  );
}
