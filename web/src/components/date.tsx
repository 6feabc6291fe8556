import { useI18n } from "@/i18n";

/** A moment in the reader's language and time zone. */
export function Moment({ at }: { at: Date | undefined }) {
  const { language } = useI18n();
  return at === undefined ? "-" : (
    <time className="whole" dateTime={at.toISOString()}>
      {momentText(at, language)}
    </time>
  );
}

export function momentText(at: Date, language: string): string {
  return at.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
