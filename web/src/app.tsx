import { createBrowserRouter, RouterProvider } from "react-router";

import { Translated } from "./i18n";
import { PageError } from "./shell/page-error";
import { routes } from "./routes";

const router = createBrowserRouter(
  [
    {
      errorElement: <PageError />,
      hydrateFallbackElement: <></>,
      children: [
        { path: "signin/:alias?", lazy: () => import("./pages/sign-in/sign-in") },
        { lazy: () => import("./shell/shell"), children: [{ errorElement: <PageError />, children: routes }] },
      ],
    },
  ],
  { basename: import.meta.env.BASE_URL },
);

export function App() {
  return (
    <Translated>
      <RouterProvider router={router} />
    </Translated>
  );
}
