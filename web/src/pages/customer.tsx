/// One customer's whole story.
import { Button, Input } from "antd";
import { useState } from "react";
import { call, get, part, useAction, useGet, useJob, type Schemas } from "../api";
import { Dialog } from "../parts/dialog";
import { Assumed, Empty, Figures, Go, Link, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { saveFile } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";
import { stageTone } from "./customers";

type Data = Schemas["Customer"];
type Story = Schemas["Story"];
const kinds = ["order", "return", "visit", "message", "ghost", "response", "feedback", "decision", "consent", "task", "journey"] as const;
const verdictTone: Record<string, string> = { approach: "teal", explore: "violet", hold_out: "grey", leave: "blue", wait: "grey", filtered: "grey" };

export default function Customer({ id }: { id: string }) {
  const { language, t } = useWords();
  const customer = useGet<Data>(`/api/customers/${part(id)}`, { lang: language });
  return (
    <Loaded from={customer} lines={8} none={<Page question={t("customer_question", { id })} headline={t("customer_unknown")} next={<Go to="/customers" primary>{t("menu_customers")}</Go>} />}>
      {(data) => <Told data={data} reload={customer.reload} />}
    </Loaded>
  );
}

function Told({ data, reload }: { data: Data; reload: () => void }) {
  const w = useWords();
  const { t, named, money, moneys, percent, percents, whole, day } = w;
  const profile = data.profile;
  const decision = data.decisions[0];
  const headline = decision?.sentence || (profile ? t("customer_headline", { orders: profile.purchase_days, spend: money(profile.spend), silent: profile.silent_days, chance: percent(profile.return_chance) }) : t("customer_headline_unknown"));
  return (
    <Page title={data.customer_id} question={t("customer_question", { id: data.customer_id })} headline={headline}
      deck={profile && <><Mark tone={stageTone[profile.stage] ?? "grey"}>{named("stage", profile.stage)}</Mark> {named("segment", profile.segment)}</>}
      how={{ text: t("customer_how"), doc: "docs/methods.md" }} next={decision ? <Go to={`/plans/${part(decision.plan)}`} primary>{t("customer_to_plan")}</Go> : undefined} more={<Actions data={data} reload={reload} />}>
      {profile && (
        <Figures items={[
          { name: t("last_order"), value: day(profile.last_day), note: t("days_ago", { n: profile.silent_days }) },
          { name: t("orders"), value: whole(profile.purchase_days), note: t("since", { day: day(profile.first_day) }) },
          { name: t("spend_12m"), value: money(profile.spend_12m), note: t("in_all", { money: money(profile.spend) }) },
          { name: t("expected_year"), value: money(profile.expected_year), note: t("model_expects") },
          { name: t("return_chance"), value: percent(profile.return_chance), note: data.churn ? t("leaving_within", { n: data.churn.horizon_days, chance: percent(data.churn.chance), range: percents(data.churn.low, data.churn.high) }) : undefined },
        ]} />
      )}
      {decision && (
        <Section title={t("customer_why_decided")} how={{ text: t("customer_decision_how"), doc: "docs/methods.md" }}>
          <p><Mark tone={verdictTone[decision.verdict] ?? "grey"}>{named("verdict", decision.verdict)}</Mark> {decision.offer_name && <b>{decision.offer_name}</b>} {decision.class !== "none" && decision.class !== "" && <span className="note">{named("class", decision.class)}</span>}{decision.filter !== "none" && decision.filter !== "" && <span className="note"> {named("filter", decision.filter)}</span>}</p>
          <dl className="grounds">{decision.grounds.map((ground) => <div key={ground.ground}><dt>{named("ground", ground.ground)}</dt><dd>{ground.text}</dd></div>)}</dl>
          {(decision.verdict === "approach" || decision.verdict === "explore" || decision.verdict === "hold_out") && <p className="note">{t("customer_worth", { worth: money(decision.worth), range: moneys(decision.worth_low, decision.worth_high), cost: money(decision.cost), sure: percent(decision.chance_positive) })} <Assumed why={t("effect_assumed_how")} /></p>}
          {data.decisions.length > 1 && (
            <details><summary>{t("customer_earlier_decisions", { n: data.decisions.length - 1 })}</summary>
              <ul className="plain">{data.decisions.slice(1).map((one) => <li key={one.plan}><span className="note">{day(one.as_of)}</span> <Link to={`/plans/${part(one.plan)}`}>{named("verdict", one.verdict)}</Link>: {one.sentence}</li>)}</ul>
            </details>
          )}
        </Section>
      )}
      <div className="columns">
        <TimeLine id={data.customer_id} />
        <div>
          {(data.reason || data.churn) && (
            <Section title={data.reason ? t("customer_reason", { reason: data.reason.name, chance: percent(data.reason.probability) }) : t("customer_leaving")} how={{ text: t("reason_how"), doc: "docs/methods-reasons.md" }}>
              <ul className="plain">{(data.reason?.evidence ?? []).map((one, i) => <li key={i}>{one}</li>)}{(data.churn?.reasons ?? []).map((one, i) => <li key={`c${i}`}>{one}</li>)}</ul>
              {data.churn && <p className="note">{t("customer_at_stake", { money: money(data.churn.at_stake) })}</p>}
            </Section>
          )}
          {profile && (
            <Section title={t("customer_profile")}>
              <dl className="pairs">
                <div><dt>{t("rhythm")}</dt><dd>{t("every_days", { n: Math.round(profile.expected_gap) })}</dd></div>
                <div><dt>{t("lapsed_on")}</dt><dd>{day(profile.lapsed_on)}</dd></div>
                <div><dt>RFM</dt><dd>{profile.r}-{profile.f}-{profile.m}</dd></div>
                <div><dt>{t("average_basket")}</dt><dd>{w.exact(profile.average_basket)}</dd></div>
                <div><dt>{t("favourite")}</dt><dd>{[profile.favourite_item, profile.favourite_category].filter(Boolean).join(" · ") || "–"}</dd></div>
                <div><dt>{t("last_item")}</dt><dd>{profile.last_item || "–"}</dd></div>
                <div><dt>{t("sent_back")}</dt><dd>{percent(profile.returned_share)}</dd></div>
                <div><dt>{t("country")}</dt><dd>{profile.country || "–"}</dd></div>
                {data.person?.language && <div><dt>{t("language")}</dt><dd>{data.person.language}</dd></div>}
                {profile.situation && profile.situation !== "usual" && <div><dt>{t("situation")}</dt><dd>{named("situation", profile.situation)}</dd></div>}
                {data.tags.length > 0 && <div><dt>{t("tags")}</dt><dd>{w.list(data.tags)}</dd></div>}
                {Object.entries(data.attributes).map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{String(value)}</dd></div>)}
              </dl>
            </Section>
          )}
          <Section title={t("customer_contact")}>
            {data.contacts.length === 0 ? <p className="note">{t("customer_no_contact")}</p> : (
              <ul className="plain">{data.contacts.map((one, i) => (
                <li key={i}><b>{named("page_channel", one.channel)}</b> {one.address} {one.may_be_written_to ? <Mark tone="teal">{t("may_write")}</Mark> : <Mark tone="red">{t("may_not_write")}</Mark>}{one.why_not && <span className="note"> {one.why_not}</span>}</li>
              ))}</ul>
            )}
            {data.consents.length > 0 && (
              <details><summary>{t("customer_consents", { n: data.consents.length })}</summary>
                <ul className="plain">{data.consents.map((one, i) => <li key={i}>{day(one.valid_from)}: {one.granted ? t("agreed") : t("refused")} · {one.channel === "all" ? t("all_channels") : named("page_channel", one.channel)}{one.topic ? ` · ${one.topic}` : ""} <span className="note">{one.source}</span></li>)}</ul>
              </details>
            )}
          </Section>
        </div>
      </div>
    </Page>
  );
}

function TimeLine({ id }: { id: string }) {
  const w = useWords();
  const { t, named, day, money, language } = w;
  const [limit, setLimit] = useState(50);
  const [hidden, setHidden] = useState<Set<string>>(new Set());
  const story = useGet<Story>(`/api/customers/${part(id)}/story`, { lang: language, limit });
  const toggle = (kind: string) => setHidden((old) => {
    const next = new Set(old);
    if (!next.delete(kind)) next.add(kind);
    return next;
  });
  return (
    <Section title={t("customer_story")}>
      <Loaded from={story}>{(data) => {
        const present = kinds.filter((kind) => data.entries.some((entry) => entry.kind === kind));
        const shown = data.entries.filter((entry) => !hidden.has(entry.kind));
        return (
          <>
            {present.length > 1 && <div className="chips" role="group" aria-label={t("filter_story")}>{present.map((kind) => <button type="button" key={kind} aria-pressed={!hidden.has(kind)} className={`chip chip-${kind}`} onClick={() => toggle(kind)}>{named("story", kind)}</button>)}</div>}
            {data.entries.length === 0 ? <Empty>{t("story_none")}</Empty> : (
              <ol className="timeline">{shown.map((entry, i) => (
                <li key={i} className={`event event-${entry.kind}`}>
                  <span className="event-day">{day(entry.at)}</span>
                  <span className="event-say"><span className="event-kind">{named("story", entry.kind)}</span> <b>{entry.link ? <Link to={entry.link}>{entry.title}</Link> : entry.title}</b>{entry.amount !== null && <span className="event-money">{money(entry.amount)}</span>}{entry.detail && <span className="event-detail">{entry.detail}</span>}</span>
                </li>
              ))}</ol>
            )}
            {data.more && limit < 500 && <Button onClick={() => setLimit(Math.min(500, limit * 3))} loading={story.busy}>{t("story_more")}</Button>}
          </>
        );
      }}</Loaded>
    </Section>
  );
}

function Actions({ data, reload }: { data: Data; reload: () => void }) {
  const { t, named } = useWords();
  const { may } = useSession();
  const [open, setOpen] = useState<"" | "opt-out" | "erase">("");
  const [channel, setChannel] = useState("all");
  const [proof, setProof] = useState("");
  const [typed, setTyped] = useState("");
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job);
  const { busy, error, run, clear } = useAction();
  const id = data.customer_id;
  const show = (what: "" | "opt-out" | "erase") => { clear(); setTyped(""); setOpen(what); };
  return (
    <div className="actions">
      {may("post /api/customers/{id}/opt-out") && <Button onClick={() => show("opt-out")}>{t("opt_out")}</Button>}
      {may("get /api/customers/{id}/export") && <Button loading={busy} onClick={() => void run(async () => saveFile(`customer-${id}.json`, "application/json", JSON.stringify(await get(`/api/customers/${part(id)}/export`), null, 2)))}>{t("export_person")}</Button>}
      {may("post /api/customers/{id}/erase") && <Button danger onClick={() => show("erase")}>{t("erase")}</Button>}
      <Dialog open={open === "opt-out"} title={t("opt_out_title")} close={() => show("")}>
        <form onSubmit={(event) => { event.preventDefault(); void run(async () => { await call("POST", `/api/customers/${part(id)}/opt-out`, { channel, ...(proof ? { proof } : {}) }); show(""); reload(); }); }}>
          <p>{t("opt_out_text")}</p>
          <label className="field">{t("channel")}<select value={channel} onChange={(e) => setChannel(e.target.value)}><option value="all">{t("all_channels")}</option>{["email", "sms", "phone", "push", "wechat", "in_app"].map((one) => <option key={one} value={one}>{named("page_channel", one)}</option>)}</select></label>
          <label className="field">{t("opt_out_proof")}<Input.TextArea rows={2} maxLength={1000} value={proof} onChange={(e) => setProof(e.target.value)} placeholder={t("opt_out_proof_hint")} /></label>
          {error && <Problem error={error} />}
          <div className="dialog-foot"><Button onClick={() => show("")}>{t("cancel")}</Button><Button type="primary" htmlType="submit" loading={busy}>{t("opt_out")}</Button></div>
        </form>
      </Dialog>
      <Dialog open={open === "erase"} title={t("erase_title")} close={() => show("")}>
        {job ? <JobProgress {...watched} /> : (
          <form onSubmit={(event) => { event.preventDefault(); if (typed === id) void run(async () => setJob((await call<Schemas["Job"]>("POST", `/api/customers/${part(id)}/erase`)).id)); }}>
            <p>{t("erase_text")}</p>
            <label className="field">{t("erase_type", { id })}<Input value={typed} onChange={(e) => setTyped(e.target.value)} autoComplete="off" className="code" /></label>
            {error && <Problem error={error} />}
            <div className="dialog-foot"><Button onClick={() => show("")}>{t("cancel")}</Button><Button danger type="primary" htmlType="submit" disabled={typed !== id} loading={busy}>{t("erase")}</Button></div>
          </form>
        )}
      </Dialog>
    </div>
  );
}
