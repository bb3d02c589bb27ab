/// A journey as a graph on a desk, as a list on a phone; and its letters as customers see them.
import { Input } from "antd";
import { useMemo, useState } from "react";
import { address, part, useGet, type Schemas } from "../api";
import { box, layOut, route } from "../graph";
import { useWords, languageNames } from "../words";
import { Loaded, Mark } from "./page";

type Graph = Schemas["Graph"];
type Step = Graph["steps"][number];

function Numbers({ step, live }: { step: Step; live: boolean }) {
  const { t, named, percent } = useWords();
  if (!live) return step.channel ? <span className="note">{named("page_channel", step.channel)}</span> : null;
  return (
    <span className="step-numbers">
      {step.customers > 0 && <span>{t("step_here", { n: step.customers })}</span>}
      {step.sent > 0 && <span>{t("step_sent", { n: step.sent })}{step.opened ? ` · ${t("step_opened", { share: percent(step.opened / step.sent) })}` : ""}{step.clicked ? ` · ${t("step_clicked", { share: percent(step.clicked / step.sent) })}` : ""}</span>}
      {step.in_doubt > 0 && <Mark tone="amber">{t("step_in_doubt", { n: step.in_doubt })}</Mark>}
      {(step.failed ?? 0) > 0 && <Mark tone="red">{t("step_failed", { n: step.failed ?? 0 })}</Mark>}
    </span>
  );
}

export function JourneyGraph({ graph, live, pick }: { graph: Graph; live: boolean; pick?: (letter: string) => void }) {
  const { t, named } = useWords();
  const tall = live ? box.height : 76;
  const laid = useMemo(() => layOut(graph.steps.map((one) => one.id), graph.edges, tall), [graph, tall]);
  const at = new Map(laid.nodes.map((one) => [one.id, one]));
  const margin = 176;  // room for what stands beside the lines
  const body = (step: Step) => (
    <>
      <span className="step-kind">{named("step", step.kind)}</span>
      <b className="step-title">{step.letter && pick ? <button type="button" className="link" onClick={() => pick(step.letter)}>{step.title || step.id}</button> : step.title || step.id}</b>
      <Numbers step={step} live={live} />
    </>
  );
  return (
    <>
      <div className="graph-scroll" role="region" tabIndex={0} aria-label={t("graph")}>
        <div className="graph" style={{ width: laid.width + 2 * margin, height: laid.height }}>
          <svg width={laid.width + 2 * margin} height={laid.height} aria-hidden="true">
            <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" className="arrow" /></marker></defs>
            <g transform={`translate(${margin} 0)`}>
              {graph.edges.map((edge, i) => {
                const from = at.get(edge.from);
                const to = at.get(edge.to);
                if (!from || !to || from === to) return null;
                const line = route(from, to, laid.width, tall);
                return <g key={i}><path d={line.d} className="edge" markerEnd="url(#arrow)" />{edge.label && <text x={line.label.x} y={line.label.y + 4} textAnchor={line.label.anchor} className="edge-label">{edge.label}</text>}</g>;
              })}
            </g>
          </svg>
          {graph.steps.map((step) => { const place = at.get(step.id)!; return <div key={step.id} className={`step step-${step.kind}`} style={{ left: place.x + margin, top: place.y, width: box.width, minHeight: tall }}>{body(step)}</div>; })}
        </div>
      </div>
      <ol className="graph-list" aria-label={t("graph")}>
        {[...graph.steps].sort((a, b) => (at.get(a.id)?.layer ?? 0) - (at.get(b.id)?.layer ?? 0)).map((step) => {
          const out = graph.edges.filter((edge) => edge.from === step.id);
          return <li key={step.id} className={`step step-${step.kind}`}>{body(step)}{out.length > 0 && <span className="note step-next">{out.map((edge) => `${edge.label ? edge.label + " " : ""}→ ${graph.steps.find((one) => one.id === edge.to)?.title || edge.to}`).join("; ")}</span>}</li>;
        })}
      </ol>
    </>
  );
}

export function Letters({ journey, letters, chosen, choose }: { journey: string; letters: { id: string; languages: string[] }[]; chosen: string; choose: (letter: string) => void }) {
  const { t, language } = useWords();
  const letter = letters.find((one) => one.id === chosen) ?? letters[0];
  const [spoken, setSpoken] = useState<string>(language);
  const [phone, setPhone] = useState(false);
  const [typed, setTyped] = useState("");
  const [customer, setCustomer] = useState("");
  const inLanguage = letter?.languages.includes(spoken) ? spoken : (letter?.languages[0] ?? "en");
  const path = letter ? `/api/journeys/${part(journey)}/letters/${part(letter.id)}` : null;
  const query = { lang: inLanguage, customer };
  const preview = useGet<Schemas["LetterPreview"]>(path, query);
  if (!letter || !path) return <p className="note">{t("letters_none")}</p>;
  return (
    <div className="letters">
      <div className="filters">
        <label className="filter"><span>{t("letter")}</span><select value={letter.id} onChange={(e) => choose(e.target.value)}>{letters.map((one) => <option key={one.id} value={one.id}>{one.id}</option>)}</select></label>
        <label className="filter"><span>{t("language")}</span><select value={inLanguage} onChange={(e) => setSpoken(e.target.value)}>{letter.languages.map((one) => <option key={one} value={one}>{languageNames.find(([id]) => id === one)?.[1] ?? one}</option>)}</select></label>
        <form className="filter" onSubmit={(e) => { e.preventDefault(); setCustomer(typed.trim()); }}><label><span className="filter-name">{t("letter_customer")}</span><Input value={typed} placeholder={t("letter_invented")} onChange={(e) => setTyped(e.target.value)} onBlur={() => setCustomer(typed.trim())} /></label></form>
        <div className="chips" role="group" aria-label={t("letter_width")}><button type="button" className="chip" aria-pressed={!phone} onClick={() => setPhone(false)}>{t("desk")}</button><button type="button" className="chip" aria-pressed={phone} onClick={() => setPhone(true)}>{t("phone")}</button></div>
      </div>
      <Loaded from={preview} lines={3}>{(data) => (
        <>
          <p className="subject"><b>{data.subject}</b> <span className="note">{data.preheader}</span></p>
          <iframe className={phone ? "letter-frame letter-phone" : "letter-frame"} sandbox="" title={t("letter_frame", { letter: letter.id })} src={address(`${path}/page`, query)} />
          <details><summary>{t("letter_text")}</summary><pre>{data.text}</pre></details>
        </>
      )}</Loaded>
    </div>
  );
}
