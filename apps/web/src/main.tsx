import "./look/look.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followTextSize } from "./look/text-size.ts";
import { followTheme } from "./look/theme.ts";
import { SessionProvider } from "./session/session.tsx";
import { startNewest } from "./shell/app-update.ts";
import { Language } from "./text/intl.tsx";
import { startLanguage } from "./text/language.ts";

followTheme();
followTextSize();
const languageKnown = startLanguage();

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app");
// English is here already; another language comes before the first paint, so that nothing is said twice; and so does a newer app.
void Promise.all([languageKnown, startNewest()]).then(() =>
  createRoot(root).render(
    <StrictMode>
      <Language>
        <SessionProvider>
          <App />
        </SessionProvider>
      </Language>
    </StrictMode>,
  ),
);

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
