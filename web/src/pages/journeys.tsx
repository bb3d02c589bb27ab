/// Journeys ready to launch; trying one says who would enter, what it may cost and what speaks against it.
import { Button, Input } from "antd";
import { useState } from "react";
import { call, part, useAction, useGet, type Schemas } from "../api";
import { JourneyGraph, Letters } from "../parts/journey";
import { Empty, Figures, Link, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { go, usePlace } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

export default function Journeys({ at }: { at: string[] }) {
  return at[0] !== undefined ? <One name={at[0]} /> : <Gallery />;
}

function Gallery() {
  const w = useWords();
  const { t, named, language } = w;
  const place = usePlace();
  const plan = place.query.get("plan");
  const list = useGet<Schemas["JourneyList"]>("/api/journeys", { lang: language });
  return (
    <Loaded from={list}>{(data) => (
      <Page title={t("menu_journeys")} question={t("journeys_question")} headline={t("journeys_headline", { n: data.journeys.length })} deck={plan ? t("journeys_for_plan", { plan }) : t("journeys_deck")}>
        {data.journeys.length === 0 ? <Empty>{t("journeys_none")}</Empty> : <ul className="cards">{data.journeys.map((one) => (
          <li key={one.name} className="card">
            <h2><Link to={`/journeys/${part(one.name)}${plan ? `?plan=${part(plan)}` : ""}`}>{one.title || one.name}</Link></h2>
            <p>{one.purpose}</p>
            <p className="note">{t("letters_n", { n: one.letters })} · {w.list(one.channels.map((channel) => named("page_channel", channel)))} {one.own && <Mark tone="violet">{t("own")}</Mark>}</p>
          </li>
        ))}</ul>}
      </Page>
    )}</Loaded>
  );
}

function One({ name }: { name: string }) {
  const { t, language } = useWords();
  const place = usePlace();
  const { may } = useSession();
  const journey = useGet<Schemas["Journey"]>(`/api/journeys/${part(name)}`, { lang: language });
  const plans = useGet<Schemas["PlanList"]>("/api/plans");
  const [letter, setLetter] = useState("");
  const [plan, setPlan] = useState(place.query.get("plan") ?? "");
  return (
    <Loaded from={journey} lines={8}>{(data) => (
      <Page title={name} question={t("journey_question")} headline={t("journey_headline", { name, n: data.letters.length })} deck={t("journey_deck")} how={{ text: t("journey_how"), doc: "docs/methods.md" }}>
        <Problems list={data.problems} />
        {may("post /api/campaigns") && <Launching name={name} plan={plan} setPlan={setPlan} plans={plans.data?.plans ?? []} />}
        {data.graph && <Section title={t("campaign_steps")}><JourneyGraph graph={data.graph} live={false} pick={may("get /api/journeys/{name}/letters/{letter}") ? (one) => { setLetter(one); document.getElementById("letters")?.scrollIntoView(); } : undefined} /></Section>}
        {may("get /api/journeys/{name}/letters/{letter}") && data.letters.length > 0 && <div id="letters"><Section title={t("letters_title")}><Letters journey={name} letters={data.letters} chosen={letter} choose={setLetter} /></Section></div>}
        <Source data={data} />
      </Page>
    )}</Loaded>
  );
}

function Problems({ list }: { list: Schemas["Problem"][] }) {
  const { t } = useWords();
  if (list.length === 0) return null;
  return <ul className="problems">{list.map((one, i) => <li key={i}><Mark tone={one.fatal ? "red" : "amber"}>{one.fatal ? t("must_fix") : t("mind")}</Mark> {one.message} <span className="note">{one.where}{one.line > 0 ? `:${one.line}` : ""}</span></li>)}</ul>;
}

function Launching({ name, plan, setPlan, plans }: { name: string; plan: string; setPlan: (plan: string) => void; plans: Schemas["PlanList"]["plans"] }) {
  const { t, money, whole, day } = useWords();
  const [tried, setTried] = useState<Schemas["Launch"] | null>(null);
  const { busy, error, run } = useAction();
  const body = (trying: boolean) => ({ journey: name, ...(plan ? { plan } : {}), ...(trying ? { try: true } : {}) });
  const fatal = tried?.problems.some((one) => one.fatal) ?? false;
  return (
    <Section title={tried ? t("launch_would", { n: tried.would_enter, money: tried.may_cost === null ? "–" : money(tried.may_cost) }) : t("launch_title")}>
      <div className="filters">
        <label className="filter"><span>{t("launch_plan")}</span><select value={plan} onChange={(e) => { setPlan(e.target.value); setTried(null); }}><option value="">{t("launch_no_plan")}</option>{plans.map((one) => <option key={one.plan} value={one.plan}>{one.plan} ({day(one.as_of)})</option>)}</select></label>
        <Button type={tried ? "default" : "primary"} loading={busy && !tried} onClick={() => void run(async () => setTried(await call<Schemas["Launch"]>("POST", "/api/campaigns", body(true))))}>{t("launch_try")}</Button>
      </div>
      {error && <Problem error={error} />}
      {tried && (
        <div aria-live="polite">
          <Figures items={[{ name: t("would_enter"), value: whole(tried.would_enter) }, { name: t("held_out"), value: whole(tried.held_out), note: t("held_out_note") }, ...(tried.may_cost === null ? [] : [{ name: t("plan_most"), value: money(tried.may_cost), note: t("plan_most_note") }])]} />
          {tried.problems.length === 0 ? <p>{t("launch_fine")}</p> : <Problems list={tried.problems} />}
          {tried.needs_approval ? <p className="notice">{t("launch_needs_approval")} {plan && <Link to={`/plans/${part(plan)}`}>{t("customer_to_plan")}</Link>}</p>
            : <Button type="primary" disabled={fatal || tried.would_enter === 0} loading={busy} onClick={() => { if (window.confirm(t("launch_confirm", { n: tried.would_enter }))) void run(async () => { const launched = await call<Schemas["Launch"]>("POST", "/api/campaigns", body(false)); if (launched.campaign) go(`/campaigns/${part(launched.campaign)}`); else setTried(launched); }); }}>{t("launch_now", { n: tried.would_enter })}</Button>}
        </div>
      )}
    </Section>
  );
}

function Source({ data }: { data: Schemas["Journey"] }) {
  const { t } = useWords();
  const { may } = useSession();
  const [text, setText] = useState(data.source);
  const [name, setName] = useState(data.own ? data.name : `my-${data.name}`);
  const [checked, setChecked] = useState<Schemas["Journey"] | null>(null);
  const { busy, error, run } = useAction();
  return (
    <Section title={t("journey_source")}>
      <details>
        <summary>{data.own ? t("journey_edit") : t("journey_copy")}</summary>
        <Input.TextArea aria-label={t("journey_source")} className="code source" rows={18} maxLength={60000} value={text} onChange={(e) => { setText(e.target.value); setChecked(null); }} readOnly={!may("post /api/journeys/{name}/check")} />
        <div className="save-line">
          {may("post /api/journeys/{name}/check") && <Button loading={busy} onClick={() => void run(async () => setChecked(await call<Schemas["Journey"]>("POST", `/api/journeys/${part(data.name)}/check`, { source: text })))}>{t("check")}</Button>}
          {may("put /api/journeys/{name}") && <><label className="filter"><span>{t("save_as")}</span><Input value={name} maxLength={100} onChange={(e) => setName(e.target.value)} /></label><Button type="primary" loading={busy} disabled={name.trim() === ""} onClick={() => void run(async () => { await call("PUT", `/api/journeys/${part(name.trim())}`, { source: text }); go(`/journeys/${part(name.trim())}`); })}>{t("save")}</Button></>}
        </div>
        {error && <Problem error={error} />}
        {checked && (checked.problems.length === 0 ? <p role="status">{t("check_fine")}</p> : <Problems list={checked.problems} />)}
        {checked?.graph && <JourneyGraph graph={checked.graph} live={false} />}
      </details>
    </Section>
  );
}
