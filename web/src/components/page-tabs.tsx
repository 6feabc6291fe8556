import Tabs, { type TabsProps } from "@cloudscape-design/components/tabs";

import { useSearchParam } from "./use-search-param";

/** The tabs of a page; the one that is open stands in the page's address. */
export function PageTabs({ tabs }: { tabs: TabsProps.Tab[] }) {
  const [wanted, setWanted] = useSearchParam("tab");
  const open = tabs.find(({ id }) => id === wanted) ?? tabs[0];
  return <Tabs tabs={tabs} activeTabId={open?.id ?? ""} onChange={({ detail }) => setWanted(detail.activeTabId)} />;
}
