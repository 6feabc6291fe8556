import ButtonDropdown from "@cloudscape-design/components/button-dropdown";

import { useI18n } from "@/i18n";
import { setDark, useDark } from "@/theme";

/** Language and light or dark. */
export function PreferencesMenu() {
  const { text, language, choose } = useI18n();
  const dark = useDark();
  return (
    <ButtonDropdown
      variant="icon"
      ariaLabel={text("preferences.label")}
      items={[
        { id: "en", text: "English", itemType: "checkbox", checked: language === "en", lang: "en" },
        { id: "ko", text: "한국어", itemType: "checkbox", checked: language === "ko", lang: "ko" },
        { id: "dark", text: text("preferences.dark"), itemType: "checkbox", checked: dark },
      ].map((item) => ({ ...item, itemType: "checkbox" as const }))}
      onItemClick={({ detail }) => {
        if (detail.id === "en" || detail.id === "ko") {
          choose(detail.id);
        } else {
          setDark(!dark);
        }
      }}
    />
  );
}
