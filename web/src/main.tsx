import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./style.css";

// The page's policy lets only style elements with this nonce in. Libraries make some without asking for one (a dialog that
// locks scrolling, say): every style element made from here on has it.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
if (nonce) {
  const make = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = make(name, options);
    if (name.toLowerCase() === "style") element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<App nonce={nonce} />);
