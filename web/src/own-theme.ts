import { generateThemeStylesheet, type Theme } from "@cloudscape-design/components/theming";

const GREEN = { light: "#0b6e4f", dark: "#4cc79a" };
const GREEN_HOVER = { light: "#08523b", dark: "#7ad9b6" };
const GREEN_PALE = { light: "#eaf6f1", dark: "#0c2b21" };
const SYSTEM_FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", "Noto Sans CJK KR", sans-serif';
const MONOSPACE = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

const theme: Theme = {
  tokens: {
    fontFamilyBase: SYSTEM_FONTS,
    fontFamilyMonospace: MONOSPACE,
    colorBackgroundButtonPrimaryDefault: GREEN,
    colorBackgroundButtonPrimaryHover: GREEN_HOVER,
    colorBackgroundButtonPrimaryActive: GREEN_HOVER,
    colorTextButtonPrimaryDefault: { light: "#ffffff", dark: "#06251b" },
    colorTextButtonPrimaryHover: { light: "#ffffff", dark: "#06251b" },
    colorBorderButtonNormalDefault: GREEN,
    colorBorderButtonNormalHover: GREEN_HOVER,
    colorBorderButtonNormalActive: GREEN_HOVER,
    colorTextButtonNormalDefault: GREEN,
    colorTextButtonNormalHover: GREEN_HOVER,
    colorTextButtonNormalActive: GREEN_HOVER,
    colorBackgroundButtonNormalHover: GREEN_PALE,
    colorBackgroundButtonNormalActive: GREEN_PALE,
    colorTextLinkDefault: GREEN,
    colorTextLinkHover: GREEN_HOVER,
    colorTextAccent: GREEN,
    colorBorderItemFocused: GREEN,
    colorBorderInputFocused: GREEN,
    colorBorderItemSelected: GREEN,
    colorBackgroundItemSelected: GREEN_PALE,
    colorBackgroundControlChecked: GREEN,
    colorBackgroundSegmentActive: GREEN,
    colorBackgroundLayoutToggleSelectedDefault: GREEN,
    borderRadiusButton: "6px",
    borderRadiusContainer: "10px",
    borderRadiusInput: "6px",
  },
  contexts: {
    // The bar is dark in both modes.
    "top-navigation": {
      tokens: {
        colorTextButtonLinkDefault: GREEN.dark,
        colorTextButtonLinkHover: GREEN_HOVER.dark,
        colorTextButtonLinkActive: GREEN_HOVER.dark,
        colorTextLinkButtonNormalDefault: GREEN.dark,
        colorTextLinkButtonNormalHover: GREEN_HOVER.dark,
        colorTextLinkButtonNormalActive: GREEN_HOVER.dark,
      },
    },
  },
};

/** The theme's style sheet. The build asks for it (vite.config.ts): what makes it is larger than the console. */
export const sheet = `${generateThemeStylesheet({ theme })}\nbody { font-family: ${SYSTEM_FONTS}; }`;
