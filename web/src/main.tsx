/** The start of every application of the console. The address decides which one is loaded. */
import { createRoot } from "react-dom/client";
import { StrictMode } from "react";
import { QueryClientProvider } from "@tanstack/react-query";
import "@ground/theme/base.css";
import { queryClient } from "@ground/api/query";
import { Words } from "@ground/i18n/Words";
import { chooseLanguage, language, loadDictionary } from "@ground/i18n/words";
import { Theme } from "@ground/theme/Theme";

const apps = {
  desk: () => import("./apps/desk/App"),
};

const lang = language();
chooseLanguage(lang);
const [dictionary, { App }] = await Promise.all([loadDictionary(lang), apps.desk()]);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Words first={dictionary}>
        <Theme>
          <App />
        </Theme>
      </Words>
    </QueryClientProvider>
  </StrictMode>,
);
