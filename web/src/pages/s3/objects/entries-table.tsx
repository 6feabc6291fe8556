import type { ReactNode } from "react";

import type { Loaded } from "@/api/load";
import { Moment } from "@/components/date";
import { type Column, ResourceTable } from "@/components/resource-table";
import { useText } from "@/i18n";

import { sizeText } from "./keys";
import { type Entry, idOf } from "./use-objects";

interface Props {
  title: string;
  description?: string;
  loaded: Loaded<Entry[]>;
  error: unknown;
  chosen: Entry[];
  onChoose: (entries: Entry[]) => void;
  actions: ReactNode;
  /** What tells which object or version it is. */
  columns: Column<Entry>[];
}

/** Objects, folders or versions to choose from, with what is told of each. */
export function EntriesTable({ chosen, onChoose, columns, ...table }: Props) {
  const text = useText();
  return (
    <ResourceTable
      {...table}
      id={idOf}
      empty={text("s3.noObjects")}
      selection={{ kind: "multi", items: chosen, onChange: onChoose }}
      columns={[
        ...columns,
        {
          id: "size",
          header: text("s3.size"),
          value: ({ size }) => size,
          cell: ({ size }) => (size === undefined ? "-" : sizeText(size)),
        },
        {
          id: "modified",
          header: text("s3.modified"),
          value: ({ modified }) => modified?.getTime(),
          cell: ({ modified }) => <Moment at={modified} />,
        },
      ]}
    />
  );
}
