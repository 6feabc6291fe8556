import ExpandableSection from "@cloudscape-design/components/expandable-section";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { InternalLink } from "@/components/internal-link";
import { type Key, useText } from "@/i18n";
import { pageOf } from "@/iam/entities";

const SHOWN = 20;

interface Props {
  /** Whom it is about. */
  users: string[];
  good: Key;
  /** With `{count}`. */
  bad: Key;
}

/** Something that should be so of all users, and those of whom it is not. */
export function Finding({ users, good, bad }: Props) {
  const text = useText();
  if (users.length === 0) return <StatusIndicator>{text(good)}</StatusIndicator>;
  return (
    <div className="hanging">
      <ExpandableSection
        headerText={<StatusIndicator type="warning">{text(bad, { count: users.length })}</StatusIndicator>}
      >
        <ul>
          {users.slice(0, SHOWN).map((user) => (
            <li key={user}>
              <InternalLink to={`${pageOf("user", user)}?tab=credentials`}>{user}</InternalLink>
            </li>
          ))}
          {users.length > SHOWN && <li>{text("s3.andMore", { count: users.length - SHOWN })}</li>}
        </ul>
      </ExpandableSection>
    </div>
  );
}
