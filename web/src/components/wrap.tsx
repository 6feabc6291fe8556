import { Fragment } from "react";

// Where a name, an ARN or an address may end a line: after a sign, and before the next word of CamelCase.
const POINTS = /(?<=[/:.,@+&?-])|(?<=[a-z])(?=[A-Z])/;

/** A text that may be too long for a line. It is broken between its parts, and anywhere if a part is too long. */
export function Wrap({ children }: { children: string | number | undefined }) {
  const parts = String(children ?? "").split(POINTS);
  return (
    <span className="wrap">
      {parts.map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
