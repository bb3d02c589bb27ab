/// Who is it, in which language, and which page.
import { ConfigProvider } from "antd";
import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState, type ComponentType } from "react";
import { CallError, call, get, onSignedOut, setCsrf } from "./api";
import { Problem, Waiting } from "./parts/page";
import { go, usePlace, within } from "./router";
import { Signing, mayCall, type Session } from "./session";
import { Shell } from "./shell";
import { tokens, useTheme } from "./theme";
import { nearest } from "./language";
import { Words, loadWords, speaker, type Language, type Table } from "./words";

const Enter = lazy(() => import("./pages/enter"));
const pages: Record<string, ComponentType<{ at: string[] }>> = {
  "": lazy(() => import("./pages/home")),
  customers: lazy(() => import("./pages/customers")),
  segments: lazy(() => import("./pages/segments")),
  retention: lazy(() => import("./pages/retention")),
  reasons: lazy(() => import("./pages/reasons")),
  plans: lazy(() => import("./pages/plans")),
  offers: lazy(() => import("./pages/offers")),
  campaigns: lazy(() => import("./pages/campaigns")),
  journeys: lazy(() => import("./pages/journeys")),
  tasks: lazy(() => import("./pages/tasks")),
  channels: lazy(() => import("./pages/channels")),
  consent: lazy(() => import("./pages/consent")),
  models: lazy(() => import("./pages/models")),
  data: lazy(() => import("./pages/data")),
  settings: lazy(() => import("./pages/settings")),
};
const Lost = lazy(() => import("./pages/lost"));

const isLanguage = (text: string | null | undefined): text is Language => text === "en" || text === "zh-CN" || text === "zh-TW";
const keptLanguage = (): Language => {
  const kept = window.localStorage.getItem("language");
  return isLanguage(kept) ? kept : nearest(navigator.languages);
};

export function App({ nonce }: { nonce: string }) {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [failure, setFailure] = useState<CallError | null>(null);
  const [language, setLanguage] = useState<Language>(keptLanguage);
  const [spoken, setSpoken] = useState<{ language: Language; table: Table; locale: object } | null>(null);
  const theme = useTheme();
  const place = usePlace();

  useEffect(() => {
    let late = false;
    void loadWords(language).then((words) => {
      if (!late) setSpoken({ language, ...words });
    });
    document.documentElement.lang = language;
    return () => {
      late = true;
    };
  }, [language]);

  const take = useCallback((next: Session) => {
    setCsrf(next.csrf);
    setSession(next);
    setFailure(null);
    if (isLanguage(next.user.language)) setLanguage(next.user.language);
    if ((next.user.theme === "light" || next.user.theme === "dark") && !window.localStorage.getItem("theme")) theme.choose(next.user.theme);
  }, [theme]);

  const refresh = useCallback(async () => {
    try {
      take(await get<Session>("/api/session"));
    } catch (problem) {
      if (problem instanceof CallError && problem.status === 401) setSession(null);
      else if (problem instanceof CallError) setFailure(problem);
    }
  }, [take]);

  useEffect(() => {
    onSignedOut(() => {
      setCsrf("");
      setSession(null);
    });
    void refresh();
    // Once: the session is asked for when the page opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const chooseLanguage = useCallback((next: Language) => {
    window.localStorage.setItem("language", next);
    setLanguage(next);
    if (session) void call("PUT", "/api/session/profile", { language: next }).catch(() => {});
  }, [session]);

  const leave = useCallback(() => {
    void call("DELETE", "/api/session").catch(() => {}).then(() => {
      setCsrf("");
      setSession(null);
      go("/");
    });
  }, []);

  const signed = useMemo(() => session ? { session, may: (route: string) => mayCall(session.user.role, route), leave, refresh } : null, [session, leave, refresh]);
  const words = useMemo(() => spoken && speaker(spoken.language, spoken.table, session?.workspace.currency ?? ""), [spoken, session]);

  // Where the focus goes when a page opens: its headline, so that a screen reader reads the answer first.
  const opened = useRef(place.path);
  useEffect(() => {
    if (opened.current === place.path) return;
    opened.current = place.path;
    window.scrollTo(0, 0);
    // The headline may be on its way still; whoever moves the focus meanwhile keeps it.
    const start = document.activeElement;
    let left = 50;
    const timer = window.setInterval(() => {
      const head = document.querySelector<HTMLElement>("main h1");
      const moved = document.activeElement !== start && document.activeElement !== document.body;
      if (head && !moved) head.focus({ preventScroll: true });
      if (head || moved || --left === 0) window.clearInterval(timer);
    }, 100);
    return () => window.clearInterval(timer);
  }, [place.path]);

  const first = place.segments[0] ?? "";
  const entering = first === "setup" || first === "join";
  useEffect(() => {
    if (signed && first === "sign-in") go(within(place.query.get("from")), true);
  }, [signed, first, place.query]);

  if (!words) return <div className="blank" />;
  const PageNow = pages[first] ?? Lost;
  return (
    <Words.Provider value={words}>
      <ConfigProvider csp={{ nonce }} theme={tokens(theme.dark, words.language)} locale={spoken?.locale as never} wave={{ disabled: true }} autoInsertSpaceInButton={false}>
        {failure ? <main className="enter"><Problem error={failure} again={() => { setFailure(null); void refresh(); }} /></main>
          : session === undefined ? <div className="blank" />
          : !signed || entering ? (
            <Suspense fallback={<div className="blank" />}>
              <Enter kind={entering ? first : "sign-in"} done={take} chooseLanguage={chooseLanguage} />
            </Suspense>
          ) : (
            <Signing.Provider value={signed}>
              <Shell theme={theme} chooseLanguage={chooseLanguage} current={first}>
                <Suspense fallback={<Waiting lines={6} />}>
                  <PageNow at={place.segments.slice(1)} key={place.path} />
                </Suspense>
              </Shell>
            </Signing.Provider>
          )}
      </ConfigProvider>
    </Words.Provider>
  );
}
