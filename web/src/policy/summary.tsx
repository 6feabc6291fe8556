import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { Wrap } from "@/components/wrap";
import { type Text, useText } from "@/i18n";

import { levelsOf, SERVICES, serviceOf } from "./catalogue";
import { listed, parsePolicy, type Statement, statementsOf } from "./statements";

interface Row {
  key: string;
  effect: string;
  service: string;
  levels: string;
  resources: string[];
  conditions: string[];
}

function rowsOf(text: Text, statement: Statement, index: number): Row[] {
  const actions = listed(statement.Action ?? statement.NotAction);
  const services = [...new Set(actions.map(serviceOf))];
  const not = statement.NotAction !== undefined;
  const effect = statement.Effect;
  return services.map((service) => {
    const own = actions.filter((action) => serviceOf(action) === service);
    const levels = not || service === "" ? [] : levelsOf(service, own);
    return {
      key: `${index} ${service}`,
      effect: effect === "Allow" || effect === "Deny" ? text(`editor.${effect}`) : "",
      service: service === "" ? "*" : (SERVICES[service]?.name ?? service),
      levels:
        levels.length > 0
          ? levels.map(({ level, full }) => text(`summary.${full ? "full" : "limited"}`, { level: text(`level.${level}`) })).join(", ")
          : `${not ? "NotAction " : ""}${own.join(", ")}`,
      resources: [...listed(statement.Resource), ...listed(statement.NotResource).map((arn) => `NotResource ${arn}`)],
      conditions: Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, value]) => `${operator} ${key} ${listed(value).join(", ")}`),
      ),
    };
  });
}

/** What a policy grants and denies: service, access level, resource, condition. */
export function PolicySummary({ document }: { document: string }) {
  const text = useText();
  const parsed = parsePolicy(document);
  const rows = parsed
    ? statementsOf(parsed).flatMap((statement, index) => rowsOf(text, statement, index))
    : [];
  const lines = (values: string[], none: string) =>
    values.length === 0 ? none : values.map((value) => (
      <div key={value}>
        <Wrap>{value}</Wrap>
      </div>
    ));
  return (
    <Table
      items={rows}
      trackBy="key"
      wrapLines
      header={<Header variant="h2">{text("summary.title")}</Header>}
      empty={<Box>{text("summary.empty")}</Box>}
      columnDefinitions={[
        { id: "effect", header: text("summary.effect"), cell: ({ effect }) => effect, minWidth: 80 },
        { id: "service", header: text("summary.service"), cell: ({ service }) => service, isRowHeader: true, minWidth: 120 },
        {
          id: "levels",
          header: text("summary.levels"),
          cell: ({ levels }) => <Wrap>{levels}</Wrap>,
          minWidth: 130,
        },
        {
          id: "resources",
          header: text("summary.resources"),
          cell: ({ resources }) => lines(resources, "-"),
          minWidth: 170,
        },
        {
          id: "conditions",
          header: text("summary.conditions"),
          cell: ({ conditions }) => lines(conditions, text("summary.none")),
          minWidth: 120,
        },
      ]}
    />
  );
}
