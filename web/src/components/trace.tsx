import Box from "@cloudscape-design/components/box";

import { useText } from "@/i18n";

interface Statement {
  index: number;
  sid?: string;
  effect: string;
  matched: boolean;
  mismatch?: { words?: string };
}

/** One kind of policies in a decision, as `explain` tells it. */
interface Layer {
  layer: string;
  verdict: string;
  note?: string;
  decides: boolean;
  policies: { name: string; statements: Statement[] }[];
}

function StatementLine({ policy, statement }: { policy: string; statement: Statement }) {
  const text = useText();
  const { index, sid, effect, matched, mismatch } = statement;
  const place = text("trace.statement", { policy, number: sid ?? index, effect });
  return (
    <li className="wrap">
      {place} {matched ? text("trace.matched") : (mismatch?.words ?? text("trace.notMatched"))}
    </li>
  );
}

/** A decision layer by layer: what each kind of policies said, and which one decided. */
export function Trace({ trace }: { trace: unknown }) {
  const text = useText();
  if (!Array.isArray(trace)) return <pre className="code">{JSON.stringify(trace, undefined, 2)}</pre>;
  return (
    <ul className="trace">
      {(trace as Layer[]).map(({ layer, verdict, note, decides, policies }, place) => (
        <li key={`${layer} ${place}`}>
          <Box fontWeight={decides ? "bold" : "normal"}>
            {layer}: {verdict}
            {note ? ` (${note})` : ""} {decides && `← ${text("trace.decided")}`}
          </Box>
          {policies.length > 0 && (
            <ul className="trace">
              {policies.flatMap(({ name, statements }) =>
                statements.map((statement) => (
                  <StatementLine key={`${name} ${statement.index}`} policy={name} statement={statement} />
                )),
              )}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
