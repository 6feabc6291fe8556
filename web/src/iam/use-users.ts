import { ListUsersCommand } from "@aws-sdk/client-iam";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";

/** All users of the account. */
export function useUsers() {
  const iam = useIam();
  return useLoad("users", () =>
    allPages(
      (Marker) => iam.send(new ListUsersCommand({ Marker, MaxItems: 1000 })),
      ({ Users }) => Users,
    ),
  );
}
