import type { RouteObject } from "react-router";

import { NotFound } from "./shell/not-found";

/** The address of each page; a page is a module that exports `Component`, loaded when it is first visited. What is not the
 * page of a thing stands behind `-/`, as no name has a slash: a user may be called `new`.
 */
export const routes: RouteObject[] = [
  { index: true, lazy: () => import("./pages/dashboard/dashboard") },
  { path: "switchrole", lazy: () => import("./pages/switch-role/switch-role") },
  { path: "iam/groups", lazy: () => import("./pages/groups/list") },
  { path: "iam/groups/-/new", lazy: () => import("./pages/groups/create") },
  { path: "iam/groups/:name", lazy: () => import("./pages/groups/detail") },
  { path: "iam/groups/:name/attach", lazy: () => import("./pages/groups/attach") },
  { path: "iam/groups/:name/inline", lazy: () => import("./pages/groups/inline") },
  { path: "iam/users", lazy: () => import("./pages/users/list") },
  { path: "iam/users/-/new", lazy: () => import("./pages/users/create") },
  { path: "iam/users/:name", lazy: () => import("./pages/users/detail") },
  { path: "iam/users/:name/attach", lazy: () => import("./pages/users/attach") },
  { path: "iam/users/:name/inline", lazy: () => import("./pages/users/inline") },
  { path: "iam/roles", lazy: () => import("./pages/roles/list") },
  { path: "iam/roles/-/new", lazy: () => import("./pages/roles/create") },
  { path: "iam/roles/:name", lazy: () => import("./pages/roles/detail") },
  { path: "iam/roles/:name/attach", lazy: () => import("./pages/roles/attach") },
  { path: "iam/roles/:name/inline", lazy: () => import("./pages/roles/inline") },
  { path: "iam/roles/:name/trust", lazy: () => import("./pages/roles/trust") },
  { path: "iam/policies", lazy: () => import("./pages/policies/list") },
  { path: "iam/policies/-/new", lazy: () => import("./pages/policies/create") },
  { path: "iam/policies/:arn", lazy: () => import("./pages/policies/detail") },
  { path: "iam/policies/:arn/edit", lazy: () => import("./pages/policies/edit") },
  { path: "iam/providers", lazy: () => import("./pages/providers/list") },
  { path: "iam/settings", lazy: () => import("./pages/settings/settings") },
  { path: "roles", lazy: () => import("./pages/my-roles/my-roles") },
  { path: "security", lazy: () => import("./pages/security/security") },
  { path: "test", lazy: () => import("./pages/test/test") },
  { path: "s3", lazy: () => import("./pages/s3/list") },
  { path: "s3/-/new", lazy: () => import("./pages/s3/create") },
  { path: "s3/:bucket", lazy: () => import("./pages/s3/bucket") },
  { path: "s3/:bucket/policy", lazy: () => import("./pages/s3/bucket-policy") },
  { path: "s3/:bucket/object", lazy: () => import("./pages/s3/object") },
  { path: "block-public-access", lazy: () => import("./pages/s3/account-public-access") },
  { path: "*", element: <NotFound /> },
];
