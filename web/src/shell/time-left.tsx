import { useEffect, useState } from "react";

import { momentText } from "@/components/date";
import { useI18n } from "@/i18n";
import { useSessions } from "@/session/session-context";

const MINUTE = 60_000;

/** How long the session lasts; when it has ended, the sessions are read anew. */
export function TimeLeft({ expires }: { expires: string }) {
  const { text, language } = useI18n();
  const { refresh } = useSessions();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE / 4);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, new Date(expires).getTime() - now);
  const ended = left === 0;
  useEffect(() => {
    if (ended) void refresh();
  }, [ended, refresh]);
  const minutes = Math.ceil(left / MINUTE);
  const shown =
    minutes >= 60
      ? text("time.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
      : text("time.minutes", { minutes });
  return (
    <span className="bar-time" title={text("time.until", { when: momentText(new Date(expires), language) })}>
      {text("time.left", { time: shown })}
    </span>
  );
}
