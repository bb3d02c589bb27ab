/// What every page is made of: a headline that answers its question, and states of waiting, failing and emptiness.
import { Button } from "antd";
import { useEffect, useId, useRef, useState, type MouseEvent, type ReactNode } from "react";
import type { CallError, Loading } from "../api";
import { go } from "../router";
import { useWords } from "../words";

export function Link({ to, children, className, current }: { to: string; children: ReactNode; className?: string; current?: boolean }) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} onClick={follow} className={className} aria-current={current ? "page" : undefined}>{children}</a>;
}

/// A small ⓘ that says how a figure was made; `doc` names the page of the documentation.
export function How({ text, doc }: { text: string; doc?: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", key);
    };
  }, [open]);
  return (
    <span className="how" ref={box}>
      <button type="button" className="how-button" aria-expanded={open} aria-controls={id} aria-label={t("how_made")} title={t("how_made")} onClick={() => setOpen(!open)}>i</button>
      <span id={id} className="how-note" hidden={!open}>{text}{doc && <span className="how-doc">{t("how_doc", { page: doc })}</span>}</span>
    </span>
  );
}

/// The mark of a figure nobody measured here yet.
export function Assumed({ why }: { why?: string }) {
  const { t } = useWords();
  return (
    <span className="assumed-mark">{t("assumed")}{why && <How text={why} />}</span>
  );
}

/// A text and its ⓘ, which never stands alone on a line: it keeps to the last letter.
function WithHow({ text, how }: { text: ReactNode; how: { text: string; doc?: string } }) {
  if (typeof text !== "string" || text.length < 2) return <>{text}<How {...how} /></>;
  const letters = [...text];
  const last = letters.pop();
  return <>{letters.join("")}<span className="keep">{last}<How {...how} /></span></>;
}

interface PageProps {
  question: ReactNode;
  headline: ReactNode;
  how?: { text: string; doc?: string };
  deck?: ReactNode;
  next?: ReactNode;
  more?: ReactNode;
  title?: string;
  children?: ReactNode;
}

/// The question in small type, its answer as the headline, the one next step beside it.
export function Page({ question, headline, how, deck, next, more, title, children }: PageProps) {
  const head = useRef<HTMLHeadingElement>(null);
  const name = title ?? (typeof question === "string" ? question : "winback");
  useEffect(() => {
    document.title = `${name} · winback`;
  }, [name]);
  return (
    <article className="page">
      <header className="page-head">
        <div className="page-say">
          <p className="question">{question}</p>
          <h1 ref={head} tabIndex={-1}>{how ? <WithHow text={headline} how={how} /> : headline}</h1>
          {deck && <p className="deck">{deck}</p>}
        </div>
        {(next || more) && <div className="page-next">{next}{more}</div>}
      </header>
      {children}
    </article>
  );
}

export function Section({ title, note, how, children, actions }: { title: ReactNode; note?: ReactNode; how?: { text: string; doc?: string }; children: ReactNode; actions?: ReactNode }) {
  return (
    <section className="section">
      <div className="section-head">
        <h2>{how ? <WithHow text={title} how={how} /> : title}</h2>
        {actions && <div className="section-actions">{actions}</div>}
      </div>
      {note && <p className="note">{note}</p>}
      {children}
    </section>
  );
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  const { t } = useWords();
  return (
    <div className="waiting" role="status" aria-label={t("loading")}>
      {Array.from({ length: lines }, (_, i) => <div key={i} className={`bone bone-${i % 4}`} />)}
    </div>
  );
}

/// What went wrong in a sentence: the program's own where it gave one.
export function useProblem(): (error: CallError) => string {
  const { t } = useWords();
  return (error) => {
    if (error.status === 0) return t("problem_unreachable");
    if (error.status === 403) return error.message || t("problem_forbidden");
    if (error.status === 404 && !error.message) return t("problem_not_found");
    if (error.status === 429) return t("problem_too_many");
    if (error.status >= 500 && !error.message) return t("problem_inside");
    return error.message || t("problem_other", { status: error.status });
  };
}

export function Problem({ error, again }: { error: CallError; again?: () => void }) {
  const { t } = useWords();
  const say = useProblem();
  return (
    <div className="problem" role="alert">
      <p>{say(error)}</p>
      {again && <Button onClick={again}>{t("try_again")}</Button>}
    </div>
  );
}

/// Nothing here yet, and what to do about it.
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return <div className="empty"><p>{children}</p>{action}</div>;
}

/// Skeleton, error with another try, or what was loaded.
export function Loaded<T>({ from, lines, none, children }: { from: Loading<T>; lines?: number; none?: ReactNode; children: (data: T) => ReactNode }) {
  if (from.error) {
    if (from.error.status === 404 && none !== undefined) return <>{none}</>;
    return <Problem error={from.error} again={from.reload} />;
  }
  if (from.data === null) return <Waiting lines={lines} />;
  return <div className={from.busy ? "stale" : undefined}>{children(from.data)}</div>;
}

/// Pairs of a name and a figure in one row.
export function Figures({ items }: { items: { name: ReactNode; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="figures">
      {items.map((item, i) => (
        <div key={i}><dt>{item.name}</dt><dd>{item.value}</dd>{item.note && <dd className="figure-note">{item.note}</dd>}</div>
      ))}
    </dl>
  );
}

export const Mark = ({ tone, children }: { tone: string; children: ReactNode }) => <span className={`mark mark-${tone}`}>{children}</span>;

/// A button that leads to another page.
export function Go({ to, children, primary }: { to: string; children: ReactNode; primary?: boolean }) {
  return (
    <Button type={primary ? "primary" : "default"} href={to} onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(to);
    }}>{children}</Button>
  );
}
