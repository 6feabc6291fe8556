import { I18nProvider } from "@cloudscape-design/components/i18n";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

import { en } from "./en";

export type Key = keyof typeof en;
export type Catalogue = Record<Key, string>;
export type Language = "en" | "ko";
export type Text = (key: Key, values?: Record<string, string | number>) => string;
type Messages = Parameters<typeof I18nProvider>[0]["messages"];

interface Loaded {
  language: Language;
  catalogue: Catalogue;
  messages: Messages;
}

const STORED = "deputize.language";

function preferred(): Language {
  const chosen = localStorage.getItem(STORED) ?? navigator.language;
  return chosen.startsWith("ko") ? "ko" : "en";
}

async function loadLanguage(language: Language): Promise<Loaded> {
  if (language === "en") {
    const { default: messages } = await import("@cloudscape-design/components/i18n/messages/all.en");
    return { language, catalogue: en, messages: [messages] };
  }
  const [{ ko }, { default: messages }] = await Promise.all([
    import("./ko"),
    import("@cloudscape-design/components/i18n/messages/all.ko"),
  ]);
  return { language, catalogue: ko, messages: [messages] };
}

interface I18n {
  language: Language;
  text: Text;
  choose: (language: Language) => void;
}

const Context = createContext<I18n | undefined>(undefined);

/** Puts values in the places of `{name}`. */
function fill(template: string, values: Record<string, string | number>): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

export function Translated({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState(preferred);
  const [loaded, setLoaded] = useState<Loaded>();
  useEffect(() => {
    document.documentElement.lang = wanted;
    void loadLanguage(wanted).then(setLoaded);
  }, [wanted]);
  if (loaded === undefined) return null;
  const i18n: I18n = {
    language: loaded.language,
    text: (key, values = {}) => fill(loaded.catalogue[key], values),
    choose: (language) => {
      localStorage.setItem(STORED, language);
      setWanted(language);
    },
  };
  return (
    <Context value={i18n}>
      <I18nProvider locale={loaded.language} messages={loaded.messages}>
        {children}
      </I18nProvider>
    </Context>
  );
}

export function useI18n(): I18n {
  const found = useContext(Context);
  if (found === undefined) throw new Error("outside of Translated");
  return found;
}

/** The catalogue's texts in the chosen language. */
export function useText(): Text {
  return useI18n().text;
}
