import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import CollectionPreferences, {
  type CollectionPreferencesProps,
} from "@cloudscape-design/components/collection-preferences";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { type ReactNode, useEffect, useState } from "react";

import type { Loaded } from "@/api/load";
import { useText } from "@/i18n";

import { Refusal } from "./refusal";
import { Stack } from "./stack";
import { useNarrow } from "./use-narrow";
import { useSearchParam } from "./use-search-param";
import { Wrap } from "./wrap";

export interface Column<T> {
  id: string;
  header: string;
  /** What is shown; `value` when it is not given. */
  cell?: (item: T) => ReactNode;
  /** What is searched and sorted by. */
  value: (item: T) => string | number | undefined;
  width?: number;
}

interface Props<T> {
  title: string;
  description?: ReactNode;
  loaded: Loaded<readonly T[]>;
  /** What went wrong with the last act on it. */
  error?: unknown;
  columns: Column<T>[];
  /** What tells an item from the others. */
  id: (item: T) => string;
  /** What the thing is for, when there is none. */
  empty: ReactNode;
  actions?: ReactNode;
  selection?: { kind: "single" | "multi"; items: T[]; onChange: (items: T[]) => void };
  /** More controls beside the search field. */
  filter?: ReactNode;
  variant?: TableProps.Variant;
  /** The name of the search text in the page's address; tables within a page have none. */
  address?: string;
}

const PAGE_SIZE = 50;

/** Keeps the search text in the page's address, so that it is there again on coming back. */
function useFilterText(address: string | undefined): [string, (text: string) => void] {
  const inAddress = useSearchParam(address ?? "");
  const own = useState("");
  return address === undefined ? own : inAddress;
}

/** The one table of the console: search, sorting, paging, columns to choose, what to do when it is empty. */
export function ResourceTable<T>(props: Props<T>) {
  const { title, description, loaded, error, columns, id, empty, actions, selection, filter, variant = "container", address } = props;
  const text = useText();
  const narrow = useNarrow();
  const [filteringText, setFilteringText] = useFilterText(address);
  const [preferences, setPreferences] = useState<CollectionPreferencesProps.Preferences>({ pageSize: PAGE_SIZE });
  const all = loaded.value ?? [];
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount, actions: collection } = useCollection(all, {
    filtering: {
      defaultFilteringText: filteringText,
      filteringFunction: (item, wanted) =>
        columns.some(({ value }) => String(value(item) ?? "").toLowerCase().includes(wanted.toLowerCase())),
      noMatch: <Box textAlign="center">{text("table.noMatch")}</Box>,
      empty: <Box textAlign="center">{empty}</Box>,
    },
    pagination: { pageSize: preferences.pageSize ?? PAGE_SIZE },
    sorting: {},
  });
  useEffect(() => {
    collection.setFiltering(filteringText);
    // Only when the address says something else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [filteringText]);
  const buttons = (
    <Stack row size="xs">
      {actions}
    </Stack>
  );
  const failure = error !== undefined && <Refusal error={error} />;
  if (loaded.error !== undefined && loaded.value === undefined) {
    const header = (
      <Header variant={variant === "full-page" ? "h1" : "h2"} actions={buttons}>
        {title}
      </Header>
    );
    const refusal = <Refusal error={loaded.error} instead={variant === "full-page" ? "page" : "part"} />;
    return (
      <section aria-label={title}>
        <Stack size="m">
          {failure}
          {variant === "container" ? (
            <Container header={header}>{refusal}</Container>
          ) : (
            <Stack size="s">
              {header}
              {refusal}
            </Stack>
          )}
        </Stack>
      </section>
    );
  }
  const few = all.length <= 5 && filteringText === "" && variant !== "full-page";
  const count = filteringText === "" ? `(${all.length})` : `(${filteredItemsCount ?? 0}/${all.length})`;
  const table = (
    <Table<T>
      {...collectionProps}
      variant={variant}
      stickyHeader={variant === "full-page"}
      items={items}
      trackBy={id}
      loading={loaded.loading && loaded.value === undefined}
      loadingText={text("table.loading")}
      enableKeyboardNavigation
      columnDefinitions={columns.map(({ id: column, header, cell, value, width }) => ({
        id: column,
        header,
        cell: cell ?? ((item: T) => <Wrap>{value(item) ?? "-"}</Wrap>),
        sortingComparator: (one: T, other: T) => {
          const [a = "", b = ""] = [value(one), value(other)];
          return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        },
        isRowHeader: column === columns[0]?.id,
        minWidth: width ?? (column === columns[0]?.id ? 200 : 120),
      }))}
      {...(preferences.contentDisplay && { columnDisplay: preferences.contentDisplay })}
      wrapLines
      {...(selection && {
        selectionType: selection.kind,
        selectedItems: selection.items,
        onSelectionChange: ({ detail }) => selection.onChange(detail.selectedItems),
        ariaLabels: {
          selectionGroupLabel: title,
          allItemsSelectionLabel: () => text("table.selectAll"),
          itemSelectionLabel: (_, item) => text("table.select", { name: id(item) }),
        },
      })}
      header={
        <Header
          variant={variant === "full-page" ? "awsui-h1-sticky" : "h2"}
          counter={loaded.value === undefined ? undefined : count}
          description={description}
          actions={buttons}
        >
          {title}
        </Header>
      }
      {...(!few && {
        filter: (
          <Stack row size="xs">
            <TextFilter
              {...filterProps}
              filteringText={filteringText}
              filteringPlaceholder={text("table.search")}
              filteringAriaLabel={text("table.search")}
              countText={text("table.matches", { count: filteredItemsCount ?? 0 })}
              onChange={({ detail }) => setFilteringText(detail.filteringText)}
            />
            {filter}
          </Stack>
        ),
        pagination: (
          <Pagination
            {...paginationProps}
            pagesCount={Math.max(1, paginationProps.pagesCount)}
            pagesVariant={narrow ? "compact" : "normal"}
          />
        ),
        preferences: (
          <CollectionPreferences
            preferences={preferences}
            onConfirm={({ detail }) => setPreferences(detail)}
            pageSizePreference={{ options: [20, 50, 200].map((value) => ({ value, label: String(value) })) }}
            contentDisplayPreference={{ options: columns.map((column) => ({ id: column.id, label: column.header })) }}
          />
        ),
      })}
    />
  );
  if (variant === "full-page") return table;
  return (
    <section aria-label={title}>
      <Stack size="m">
        {failure}
        {table}
      </Stack>
    </section>
  );
}
