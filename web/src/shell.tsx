/// The frame around a page: the menu (a drawer on a phone), language, theme, and who is signed in.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "./parts/page";
import { usePlace } from "./router";
import { useSession } from "./session";
import type { Choice } from "./theme";
import { languageNames, useWords, type Key, type Language } from "./words";

const menu: { head: Key | null; items: { to: string; name: Key; route: string }[] }[] = [
  { head: null, items: [{ to: "", name: "menu_home", route: "get /api/home" }] },
  { head: "menu_understand", items: [
    { to: "customers", name: "menu_customers", route: "get /api/customers" },
    { to: "segments", name: "menu_segments", route: "get /api/segments" },
    { to: "retention", name: "menu_retention", route: "get /api/analysis" },
    { to: "reasons", name: "menu_reasons", route: "get /api/reasons" }] },
  { head: "menu_decide", items: [
    { to: "plans", name: "menu_plans", route: "get /api/plans" },
    { to: "offers", name: "menu_offers", route: "get /api/offers" }] },
  { head: "menu_act", items: [
    { to: "campaigns", name: "menu_campaigns", route: "get /api/campaigns" },
    { to: "journeys", name: "menu_journeys", route: "get /api/journeys" },
    { to: "tasks", name: "menu_tasks", route: "get /api/tasks" },
    { to: "channels", name: "menu_channels", route: "get /api/channels" },
    { to: "consent", name: "menu_consent", route: "get /api/consent" }] },
  { head: "menu_check", items: [
    { to: "models", name: "menu_models", route: "get /api/models" },
    { to: "data", name: "menu_data", route: "get /api/imports" },
    { to: "settings", name: "menu_settings", route: "get /api/home" }] },
];

export function LanguageSwitch({ choose }: { choose: (language: Language) => void }) {
  const { t, language } = useWords();
  return (
    <label className="language">
      <span className="unseen">{t("language")}</span>
      <select value={language} onChange={(event) => choose(event.target.value as Language)}>
        {languageNames.map(([id, name]) => <option key={id} value={id} lang={id}>{name}</option>)}
      </select>
    </label>
  );
}

export function Shell({ children, theme, chooseLanguage, current }: { children: ReactNode; theme: { dark: boolean; choose: (choice: Choice) => void }; chooseLanguage: (language: Language) => void; current: string }) {
  const { t, named, day } = useWords();
  const { session, may, leave } = useSession();
  const place = usePlace();
  const drawer = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place.path]);
  useEffect(() => {
    if (open && !drawer.current?.open) drawer.current?.showModal();
    if (!open && drawer.current?.open) drawer.current.close();
  }, [open]);
  const list = (
    <nav aria-label={t("menu")} className="menu">
      {menu.map((group, i) => {
        const items = group.items.filter((item) => may(item.route));
        return items.length > 0 && (
          <div key={i} className="menu-group">
            {group.head && <p className="menu-head">{t(group.head)}</p>}
            <ul>{items.map((item) => <li key={item.to}><Link to={"/" + item.to} current={current === item.to}>{t(item.name)}</Link></li>)}</ul>
          </div>
        );
      })}
    </nav>
  );
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{t("skip")}</a>
      <header className="top">
        <button type="button" className="icon-button burger" aria-label={t("menu_open")} aria-expanded={open} onClick={() => setOpen(true)}>☰</button>
        <Link to="/" className="brand">{session.workspace.name || "winback"}</Link>
        <span className="as-of">{session.workspace.as_of ? t("as_of", { day: day(session.workspace.as_of) }) : ""}</span>
        <span className="grow" />
        <LanguageSwitch choose={chooseLanguage} />
        <button type="button" className="icon-button" aria-label={theme.dark ? t("theme_light") : t("theme_dark")} title={theme.dark ? t("theme_light") : t("theme_dark")} onClick={() => theme.choose(theme.dark ? "light" : "dark")}>{theme.dark ? "☀" : "☾"}</button>
        <details className="who">
          <summary><span className="who-name">{session.user.name || session.user.email}</span></summary>
          <div className="who-box">
            <p>{session.user.email}</p>
            <p className="note">{named("role", session.user.role)}</p>
            <p><Link to="/settings?tab=me">{t("my_account")}</Link></p>
            <button type="button" className="quiet" onClick={leave}>{t("sign_out")}</button>
          </div>
        </details>
      </header>
      <aside className="side">{list}</aside>
      <dialog ref={drawer} className="drawer" aria-label={t("menu")} onClose={() => setOpen(false)} onClick={(event) => { if (event.target === drawer.current) setOpen(false); }}>
        <button type="button" className="icon-button" aria-label={t("close")} onClick={() => setOpen(false)}>×</button>
        {open && list}
      </dialog>
      <main id="main" tabIndex={-1}>{children}</main>
    </div>
  );
}
