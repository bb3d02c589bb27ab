/// Signing in, the first set-up, joining by invitation.
import { Button, Input } from "antd";
import { useEffect, useId, useState, type FormEvent, type ReactNode } from "react";
import { CallError, call, useAction, useGet } from "../api";
import { useProblem } from "../parts/page";
import { go, usePlace, within } from "../router";
import type { Session } from "../session";
import { LanguageSwitch } from "../shell";
import { useWords, type Language } from "../words";

interface SignIn {
  setup_needed: boolean;
  oidc: { name: string } | null;
}

function Field({ label, hint, children }: { label: string; hint?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return <div className="field"><label htmlFor={id}>{label}</label>{children(id)}{hint && <p className="note">{hint}</p>}</div>;
}

export default function Enter({ kind, done, chooseLanguage }: { kind: string; done: (session: Session) => void; chooseLanguage: (language: Language) => void }) {
  const { t } = useWords();
  const place = usePlace();
  const say = useProblem();
  const start = useGet<SignIn>("/api/sign-in");
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [differ, setDiffer] = useState(false);
  const { busy, error, run } = useAction();
  const token = window.location.hash.slice(1);
  const title = kind === "setup" ? t("setup_title") : kind === "join" ? t("join_title") : t("sign_in_title");
  useEffect(() => {
    document.title = `${title} · winback`;
  }, [title]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (kind !== "sign-in" && password !== again) {
      setDiffer(true);
      return;
    }
    setDiffer(false);
    void run(async () => {
      const session = kind === "setup" ? await call<Session>("POST", "/api/setup", { token, email, name, password })
        : kind === "join" ? await call<Session>("POST", "/api/join", { token, password })
        : await call<Session>("POST", "/api/session", { email, password });
      done(session);
      if (kind !== "sign-in") go("/", true);
      else if (place.segments[0] === "sign-in") go(within(place.query.get("from")), true);
    });
  };
  const wrong = (problem: CallError) => kind === "sign-in" && problem.status === 401 ? t("sign_in_wrong") : say(problem);
  const incomplete = kind !== "sign-in" && token === "";
  return (
    <div className="enter">
      <div className="enter-top"><span className="brand">winback</span><LanguageSwitch choose={chooseLanguage} /></div>
      <main id="main" className="enter-box" tabIndex={-1}>
        <h1>{title}</h1>
        <p className="deck">{kind === "setup" ? t("setup_deck") : kind === "join" ? t("join_deck") : t("sign_in_deck")}</p>
        {kind === "sign-in" && start.data?.setup_needed && <p className="notice">{t("sign_in_setup_needed")}</p>}
        {kind === "sign-in" && place.query.get("problem") === "oidc" && <p className="notice" role="alert">{t("sign_in_oidc_failed")}</p>}
        {incomplete ? <p className="notice">{t("link_incomplete")}</p> : (
          <form onSubmit={submit}>
            {kind === "setup" && <Field label={t("name")}>{(id) => <Input id={id} required autoComplete="name" value={name} onChange={(e) => setName(e.target.value)} size="large" />}</Field>}
            {kind !== "join" && <Field label={t("email")}>{(id) => <Input id={id} type="email" required autoComplete="username" value={email} onChange={(e) => setEmail(e.target.value)} size="large" />}</Field>}
            <Field label={t("password")} hint={kind === "sign-in" ? undefined : t("password_hint")}>{(id) => <Input.Password id={id} required minLength={kind === "sign-in" ? undefined : 12} autoComplete={kind === "sign-in" ? "current-password" : "new-password"} value={password} onChange={(e) => setPassword(e.target.value)} size="large" />}</Field>
            {kind !== "sign-in" && <Field label={t("password_again")}>{(id) => <Input.Password id={id} required autoComplete="new-password" value={again} onChange={(e) => setAgain(e.target.value)} size="large" />}</Field>}
            {differ && <p className="wrong" role="alert">{t("password_differs")}</p>}
            {error && <p className="wrong" role="alert">{wrong(error)}</p>}
            <Button type="primary" htmlType="submit" size="large" block loading={busy}>{kind === "setup" ? t("setup_button") : kind === "join" ? t("join_button") : t("sign_in_button")}</Button>
          </form>
        )}
        {kind === "sign-in" && start.data?.oidc && <p className="enter-other"><a href="/api/oidc/start">{t("sign_in_with", { name: start.data.oidc.name })}</a></p>}
      </main>
    </div>
  );
}
