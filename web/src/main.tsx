import "@cloudscape-design/global-styles/index.css";
import "virtual:own-theme.css";
import "./styles.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { applyStoredMode } from "./theme";

applyStoredMode();

const root = document.getElementById("app");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
