import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router";

import { type RoleChoice, roleHistory } from "@/api/calls";
import { useLoad } from "@/api/load";
import { useText } from "@/i18n";
import { readableAccount, roleLabel, sessionLabel } from "@/session/names";
import { useSessions } from "@/session/session-context";
import { become } from "@/session/signed-in";
import { useSwitching } from "@/session/use-switching";

const CopyCredentials = lazy(() => import("./copy-credentials"));

type Items = ButtonDropdownProps["items"];

function roleAddress(role: RoleChoice): string {
  const { account, roleName, displayName = "", color = "" } = role;
  return `/switchrole?${new URLSearchParams({ account, roleName, displayName, color }).toString()}`;
}

/** Who one is and in which account; the way into roles and back, the other sessions, and out. */
export function IdentityMenu({ color }: { color: string | undefined }) {
  const text = useText();
  const navigate = useNavigate();
  const { all, current } = useSessions();
  const { enter, back, leave } = useSwitching();
  const [credentials, setCredentials] = useState(false);
  const history = useLoad(current.id, () => roleHistory(current.id)).value?.roles ?? [];
  const others = all.filter(({ id }) => id !== current.id);

  const acts: Record<string, () => Promise<unknown> | undefined> = {
    account: () => navigator.clipboard.writeText(current.account),
    back,
    switch: async () => navigate("/switchrole"),
    roles: async () => navigate("/roles"),
    security: async () => navigate("/security"),
    credentials: () => {
      setCredentials(true);
      return undefined;
    },
    another: async () => navigate("/signin?add=1"),
    leave,
  };
  const choose = (id: string) => {
    const [kind = "", which = ""] = id.split(" ");
    const role = history[Number(which)];
    const other = others.find((session) => session.id === which);
    if (kind === "role" && role) {
      // A refusal is explained on the page for switching, filled in.
      enter(role).catch(() => navigate(`${roleAddress(role)}&refused=1`));
    } else if (kind === "session" && other) {
      become(other);
    } else {
      void acts[kind]?.();
    }
  };

  const items: Items = [
    {
      id: "active",
      text: text("identity.active", { name: current.name }),
      items: [
        {
          id: "account",
          iconName: "copy",
          text: text("identity.account", { account: readableAccount(current.account) }),
          secondaryText: current.accountAlias ?? text("identity.copyAccount"),
        },
      ],
    },
    ...(current.base
      ? [{ id: "back", text: text("identity.back", { name: current.base.name, account: current.base.account }) }]
      : []),
    ...(current.kind === "root" ? [] : [{ id: "switch", text: text("identity.switch") }]),
    ...(history.length > 0
      ? [
          {
            id: "history",
            text: text("identity.history"),
            items: history.map((role, index) => ({
              id: `role ${index}`,
              text: roleLabel(role),
              secondaryText: `${role.roleName} @ ${role.accountAlias ?? role.account}`,
            })),
          },
        ]
      : []),
    ...(others.length > 0
      ? [
          {
            id: "others",
            text: text("identity.others"),
            items: others.map((session) => ({ id: `session ${session.id}`, text: sessionLabel(session) })),
          },
        ]
      : []),
    { id: "more", text: text("identity.more"), items: [
      { id: "roles", text: text("nav.myRoles") },
      { id: "security", text: text("nav.mySecurity") },
      { id: "credentials", text: text("identity.credentials") },
      { id: "another", text: text("identity.another") },
    ] },
    { id: "leave", text: text("identity.leave") },
  ];

  return (
    <div
      className={color === undefined ? "identity" : "identity identity-colored"}
      style={{ "--role-color": color } as React.CSSProperties}
    >
      <ButtonDropdown
        items={items}
        onItemClick={({ detail }) => choose(detail.id)}
        ariaLabel={text("identity.label", { name: sessionLabel(current) })}
        expandToViewport
      >
        {sessionLabel(current)}
      </ButtonDropdown>
      {credentials && (
        <Suspense>
          <CopyCredentials onDismiss={() => setCredentials(false)} />
        </Suspense>
      )}
    </div>
  );
}
