import AppLayout from "@cloudscape-design/components/app-layout";
import { useState } from "react";
import { Outlet } from "react-router";

import { Guide } from "@/guide/guide";
import { useText } from "@/i18n";
import { SignedIn } from "@/session/signed-in";

import { Bar } from "./bar";
import { Navigation } from "./navigation";

const GUIDE_OPEN = "deputize.guide";

/** What surrounds every page of somebody who is signed in. */
function Framed() {
  const text = useText();
  const [guide, setGuide] = useState(sessionStorage.getItem(GUIDE_OPEN) === "open");
  const openGuide = (open: boolean) => {
    sessionStorage.setItem(GUIDE_OPEN, open ? "open" : "closed");
    setGuide(open);
  };
  return (
    <>
      <Bar onGuide={() => openGuide(!guide)} />
      <AppLayout
        headerSelector="#bar"
        navigation={<Navigation />}
        tools={<Guide />}
        toolsHide={!guide}
        toolsOpen={guide}
        onToolsChange={({ detail }) => openGuide(detail.open)}
        toolsWidth={360}
        maxContentWidth={1500}
        ariaLabels={{
          navigation: text("nav.label"),
          navigationToggle: text("nav.open"),
          navigationClose: text("nav.close"),
          tools: text("guide.title"),
          toolsToggle: text("guide.open"),
          toolsClose: text("guide.close"),
        }}
        content={<Outlet />}
      />
    </>
  );
}

export function Component() {
  return (
    <SignedIn>
      <Framed />
    </SignedIn>
  );
}
