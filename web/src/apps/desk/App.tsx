import { RouterProvider } from "@tanstack/react-router";
import { router } from "./router";

/** Everything people do at a desk; on a phone the same, narrower. */
export function App() {
  return <RouterProvider router={router} />;
}
