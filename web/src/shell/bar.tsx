import Button from "@cloudscape-design/components/button";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useHref, useNavigate } from "react-router";

import star from "@/assets/star.svg";
import { useText } from "@/i18n";
import { cssColor } from "@/session/colors";
import { useSession } from "@/session/session-context";

import { IdentityMenu } from "./identity-menu";
import { PreferencesMenu } from "./preferences-menu";
import { TimeLeft } from "./time-left";

interface Props {
  onGuide: () => void;
}

/** The bar over every page: who one is, and in a role its colour. */
export function Bar({ onGuide }: Props) {
  const text = useText();
  const navigate = useNavigate();
  const session = useSession();
  const color = session.kind === "role" ? cssColor(session.color) : undefined;
  return (
    <header id="bar">
      <TopNavigation visualContext="top-navigation">
        <div className="bar">
          <a
            className="bar-home"
            href={useHref("/")}
            onClick={(event) => {
              event.preventDefault();
              void navigate("/");
            }}
          >
            <img src={star} alt="" />
            <span className="bar-name">Deputize</span>
          </a>
          <div className="bar-space" />
          <TimeLeft expires={session.expires} />
          <Button variant="link" iconName="status-info" ariaLabel={text("guide.open")} onClick={onGuide}>
            <span className="bar-name">{text("guide.short")}</span>
          </Button>
          <PreferencesMenu />
          <IdentityMenu color={color} />
        </div>
      </TopNavigation>
      {color !== undefined && <div className="bar-line" style={{ "--role-color": color } as React.CSSProperties} />}
    </header>
  );
}
