/// One plan: what it brings and what it can cost, who is in it, who is not and why.
import { Button, Slider } from "antd";
import { useMemo, useState } from "react";
import { address, call, part, useAction, useGet, useJob, usePages, type Schemas } from "../api";
import { Chart, Figure, axis, band, range, tooltip } from "../parts/chart";
import { Assumed, Empty, Figures, Go, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { go, usePlace, withQuery } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";
import { planTone } from "./plans";

type Plan = Schemas["Plan"];
type Decision = Schemas["Decision"];
const verdicts = ["approach", "explore", "hold_out", "leave", "wait", "filtered"];
const verdictTone: Record<string, string> = { approach: "teal", explore: "violet", hold_out: "grey", leave: "blue", wait: "grey", filtered: "grey" };

export default function OnePlan({ id }: { id: string }) {
  const { language } = useWords();
  const plan = useGet<Plan>(`/api/plans/${part(id)}`, { lang: language });
  return <Loaded from={plan} lines={8}>{(data) => <Told plan={data} reload={plan.reload} />}</Loaded>;
}

function Told({ plan, reload }: { plan: Plan; reload: () => void }) {
  const w = useWords();
  const { t, named, has, money, moneys, percent, day, whole } = w;
  const { may } = useSession();
  const approached = (plan.verdicts.approach ?? 0) + (plan.verdicts.explore ?? 0);
  return (
    <Page title={plan.plan} question={t("plan_question")} headline={plan.headline || t("plan_headline_own", { n: approached, of: plan.eligible, profit: money(plan.profit.mean), days: plan.horizon_days, range: moneys(plan.profit.p5, plan.profit.p95) })}
      deck={<><Mark tone={planTone[plan.state] ?? "grey"}>{named("plan_state", plan.state)}</Mark> {t("plan_deck", { start: day(plan.start), day: day(plan.as_of) })}{plan.approvals.length > 0 && <> {t("plan_approved_by", { who: w.list(plan.approvals.map((one) => one.by)) })}</>}</>}
      how={{ text: t("plan_how"), doc: "docs/methods.md" }} next={<Next plan={plan} reload={reload} />} more={may("get /api/plans/{id}/export") && <Export plan={plan} />}>
      <Figures items={[
        { name: t("plan_brings"), value: money(plan.profit.mean), note: t("ninety", { range: moneys(plan.profit.p5, plan.profit.p95) }) },
        { name: t("plan_costs"), value: money(plan.spend.mean), note: t("ninety", { range: moneys(plan.spend.p5, plan.spend.p95) }) },
        { name: t("plan_most"), value: money(plan.most_it_can_cost), note: t("plan_most_note") },
        { name: t("plan_loses"), value: percent(plan.chance_of_loss), note: t("plan_loses_note") },
        { name: t("plan_comes_back"), value: w.brief(plan.additional_returns.mean), note: t("ninety", { range: `${w.brief(plan.additional_returns.p5)} … ${w.brief(plan.additional_returns.p95)}` }) },
      ]} />
      {plan.assumed.length > 0 && <details className="assumptions"><summary><Assumed /> {t("plan_rests_on", { n: plan.assumed.length })}</summary><ul>{plan.assumed.map((one) => <li key={one}>{one.startsWith("effect.") ? t("assumes_effect", { kind: named("kind", one.slice(7)) }) : has(`assumes_${one}`) ? named("assumes", one) : one}</li>)}</ul><p className="note">{t("plan_assumed_note")}</p></details>}
      {plan.warnings.map((one, i) => <p key={i} className="notice">{named("warning", one)}</p>)}
      <Money plan={plan} />
      <Section title={t("plan_offers_title")} how={{ text: t("plan_offers_how"), doc: "docs/methods.md" }}>
        <DataTable label={t("plan_offers_title")} rows={plan.offers} id={(row) => row.id} file={`${plan.plan}-offers`} none={<Empty>{t("plan_nobody")}</Empty>} columns={[
          { key: "offer", head: t("offer"), cell: (row) => row.name || row.id, plain: (row) => row.id },
          { key: "customers", head: t("customers"), number: true, cell: (row) => whole(row.customers), plain: (row) => row.customers },
          { key: "cost", head: t("expected_cost"), number: true, cell: (row) => w.exact(row.cost), plain: (row) => row.cost },
          { key: "worth", head: t("expected_profit"), number: true, cell: (row) => w.exact(row.worth), plain: (row) => row.worth },
          { key: "redemptions", head: t("redeemed"), number: true, cell: (row) => w.whole(row.redemptions), plain: (row) => row.redemptions },
        ]} />
      </Section>
      <WhyNot plan={plan} />
      <Section title={t("plan_proof_title")} how={{ text: t("plan_proof_how"), doc: "docs/methods.md" }}>
        <p>{t("plan_proof", { n: plan.held_out, share: percent(plan.holdout_share), money: money(plan.profit_forgone_by_holdout), lift: percent(plan.detectable_lift) })}{plan.cannot_prove_alone ? ` ${t("plan_proof_not_alone")}` : ""}</p>
      </Section>
      {may("get /api/plans/{id}/decisions") && <Decisions plan={plan} />}
    </Page>
  );
}

function Next({ plan, reload }: { plan: Plan; reload: () => void }) {
  const { t } = useWords();
  const { may } = useSession();
  const { busy, error, run } = useAction();
  const results = useGet<Schemas["PlanResults"]>(plan.state === "carried_out" && !plan.campaign ? `/api/plans/${part(plan.plan)}/results` : null);
  if (plan.campaign) return <Go to={`/campaigns/${part(plan.campaign)}`} primary>{t("plan_to_campaign")}</Go>;
  if (results.data) return null;
  if (plan.state === "made" && may("post /api/plans/{id}/approve")) {
    return <div><Button type="primary" loading={busy} onClick={() => void run(async () => { await call("POST", `/api/plans/${part(plan.plan)}/approve`); reload(); })}>{t("plan_approve")}</Button>{error && <Problem error={error} />}{plan.needs_approval && <p className="note">{t("plan_second_person")}</p>}</div>;
  }
  if (plan.state === "approved" && may("post /api/campaigns")) return <Go to={`/journeys?plan=${part(plan.plan)}`} primary>{t("plan_launch")}</Go>;
  return null;
}

function Export({ plan }: { plan: Plan }) {
  const { t } = useWords();
  return (
    <details className="export"><summary>{t("plan_export")}</summary>
      <p className="note">{t("plan_export_note")}</p>
      <ul>{(["csv", "mailchimp", "klaviyo", "youzan"] as const).map((one) => <li key={one}><a href={address(`/api/plans/${part(plan.plan)}/export`, { for: one })} download>{one === "csv" ? "CSV" : one === "youzan" ? "有赞" : one === "mailchimp" ? "Mailchimp" : "Klaviyo"}</a></li>)}</ul>
    </details>
  );
}

/// The profit curve with the chosen budget, and what another budget would bring.
function Money({ plan }: { plan: Plan }) {
  const w = useWords();
  const { t, money, moneys } = w;
  const { may } = useSession();
  const points = plan.profit_by_budget;
  const chosen = useMemo(() => {
    let best = 0;
    points.forEach((point, i) => { if (plan.budget !== null && Math.abs(point.budget - plan.budget) < Math.abs((points[best]?.budget ?? 0) - plan.budget)) best = i; });
    return plan.budget === null ? points.length - 1 : best;
  }, [plan, points]);
  const [at, setAt] = useState(chosen);
  const [job, setJob] = useState<string | null>(null);
  const { busy, error, run } = useAction();
  const watched = useJob(job, (done) => {
    const made = (done.result as { plan?: string } | undefined)?.plan;
    if (done.state === "done" && made) go(`/plans/${part(made)}`);
  });
  const point = points[at];
  if (!point) return null;
  // The curve over money actually spent says most: budgets beyond what is worth spending change nothing.
  const most = Math.max(...points.map((one) => one.spend));
  const enough = points.find((one) => one.spend >= most * 0.999)?.budget ?? point.budget;
  return (
    <Section title={plan.budget !== null && plan.budget > enough ? t("plan_money_enough", { money: money(most) }) : t("plan_money_next", { unit: w.exact(1, 0), money: money(plan.profit_of_next_unit) })} how={{ text: t("plan_money_how"), doc: "docs/methods.md" }}>
      <Figure title={t("plan_curve")} note={t("plan_curve_note")} table={<DataTable label={t("plan_curve")} rows={points} id={(row) => row.budget} file={`${plan.plan}-budget`} columns={[
        { key: "budget", head: t("budget"), number: true, cell: (row) => w.exact(row.budget, 0), plain: (row) => row.budget },
        { key: "spend", head: t("expected_cost"), number: true, cell: (row) => w.exact(row.spend), plain: (row) => row.spend },
        { key: "profit", head: t("expected_profit"), number: true, cell: (row) => w.exact(row.profit.mean), plain: (row) => row.profit.mean },
        { key: "low", head: t("low_5"), number: true, cell: (row) => w.exact(row.profit.p5), plain: (row) => row.profit.p5 },
        { key: "high", head: t("high_95"), number: true, cell: (row) => w.exact(row.profit.p95), plain: (row) => row.profit.p95 },
        { key: "customers", head: t("customers"), number: true, cell: (row) => w.whole(row.customers), plain: (row) => row.customers },
      ]} />}>
        <Chart of={`${plan.plan}${at}${w.language}`} label={t("plan_curve_alt", { budget: money(point.budget), profit: money(point.profit.mean), range: moneys(point.profit.p5, point.profit.p95) })} option={(c) => {
          const x = points.map((one) => one.budget);
          return {
            grid: { left: 8, right: c.narrow ? 16 : 24, top: 28, bottom: 40, containLabel: true },
            tooltip: { ...tooltip(c), trigger: "axis", formatter: (items: { dataIndex: number }[]) => { const one = points[items[0]?.dataIndex ?? 0]!; return `${t("budget")} ${money(one.budget)}\n${t("expected_profit")} ${money(one.profit.mean)}\n${moneys(one.profit.p5, one.profit.p95)}`; } },
            xAxis: { type: "value", min: 0, max: x[x.length - 1], name: t("budget"), nameLocation: "middle", nameGap: 30, ...axis(c), splitLine: { show: false }, axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => money(v) } },
            yAxis: { type: "value", ...range(points.flatMap((one) => [one.profit.p5, one.profit.p95])), ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => money(v) } },
            series: [
              band(points.map((one) => one.profit.p5), points.map((one) => one.profit.p95), x, c.teal),
              { type: "line", data: points.map((one) => [one.budget, one.profit.mean]), symbol: "none", lineStyle: { color: c.teal, width: 2 }, z: 3,
                markLine: { silent: true, symbol: "none", lineStyle: { color: c.ink, type: "solid", width: 1 }, label: { show: false }, data: [{ yAxis: 0 }] } },
              { type: "scatter", data: [[point.budget, point.profit.mean]], symbolSize: 12, itemStyle: { color: c.teal, borderColor: c.paper, borderWidth: 2 }, z: 4,
                label: { show: true, position: at > points.length / 2 ? "left" : "right", distance: 10, offset: [0, -16], color: c.ink, fontSize: 12, fontWeight: 600, formatter: money(point.profit.mean) } },
            ],
          };
        }} />
        <div className="slider">
          <Slider min={0} max={points.length - 1} step={1} value={at} onChange={setAt} tooltip={{ open: false }} ariaLabelForHandle={t("budget")} ariaValueTextFormatterForHandle={(value) => money(points[value]?.budget)} />
        </div>
        <p aria-live="polite">{t("plan_at_budget", { budget: money(point.budget), n: point.customers, profit: money(point.profit.mean), range: moneys(point.profit.p5, point.profit.p95), spend: money(point.spend) })}</p>
        {at !== chosen && may("post /api/plans") && (job ? <JobProgress {...watched} /> : <Button loading={busy} onClick={() => void run(async () => setJob((await call<Schemas["Job"]>("POST", "/api/plans", { budget: point.budget, margin: plan.margin, preset: plan.preset, ...(plan.where ? { where: plan.where } : {}) })).id))}>{t("plan_remake", { budget: money(point.budget) })}</Button>)}
        {error && <Problem error={error} />}
      </Figure>
    </Section>
  );
}

/// From all customers to those approached: every filter with its count.
function WhyNot({ plan }: { plan: Plan }) {
  const w = useWords();
  const { t, named, whole, percent } = w;
  const place = usePlace();
  const taken = Object.entries(plan.filtered).filter(([name, n]) => name !== "none" && n > 0).sort((a, b) => b[1] - a[1]);
  const classes = Object.entries(plan.classes).filter(([name, n]) => name !== "none" && n > 0).sort((a, b) => b[1] - a[1]);
  const bar = (n: number, tone: string) => <span className="bar"><span className={`bar-fill bar-${tone}`} style={{ width: `${Math.max(0.5, (100 * n) / Math.max(1, plan.customers))}%` }} /></span>;
  const show = (changes: Record<string, string | null>) => { go(withQuery(place, { verdict: null, filter: null, class: null, ...changes }), true); document.getElementById("decisions")?.scrollIntoView(); };
  return (
    <Section title={t("plan_why_not_title", { n: plan.customers - plan.eligible, of: plan.customers })} how={{ text: t("plan_why_not_how"), doc: "docs/methods.md" }}>
      <div className="columns">
        <table className="bars"><caption>{t("plan_filters")}</caption><tbody>
          <tr><th scope="row">{t("all_customers")}</th><td className="n">{whole(plan.customers)}</td><td>{bar(plan.customers, "grey")}</td></tr>
          {taken.map(([name, n]) => <tr key={name}><th scope="row"><button type="button" className="link" onClick={() => show({ filter: name })}>{named("filter", name)}</button></th><td className="n">−{whole(n)}</td><td>{bar(n, "grey")}</td></tr>)}
          <tr className="total"><th scope="row">{named("filter", "none")}</th><td className="n">{whole(plan.eligible)}</td><td>{bar(plan.eligible, "teal")}</td></tr>
        </tbody></table>
        <table className="bars plain-bars"><caption>{t("plan_classes")}</caption><tbody>
          {classes.map(([name, n]) => <tr key={name}><th scope="row"><button type="button" className="link" onClick={() => show({ class: name })}>{named("class", name)}</button></th><td className="n">{whole(n)}</td><td>{percent(n / Math.max(1, plan.eligible))}</td></tr>)}
        </tbody></table>
      </div>
      <ul className="verdicts">{verdicts.filter((name) => (plan.verdicts[name] ?? 0) > 0).map((name) => <li key={name}><button type="button" className="verdict" onClick={() => show({ verdict: name })}><b>{whole(plan.verdicts[name])}</b><Mark tone={verdictTone[name] ?? "grey"}>{named("verdict", name)}</Mark></button></li>)}</ul>
    </Section>
  );
}

function Decisions({ plan }: { plan: Plan }) {
  const w = useWords();
  const { t, named, percent, whole, language } = w;
  const place = usePlace();
  const verdict = place.query.get("verdict") ?? "";
  const filter = place.query.get("filter") ?? "";
  const kind = place.query.get("class") ?? "";
  const offer = place.query.get("offer") ?? "";
  const sort = place.query.get("sort") ?? "worth";
  const query = { verdict, filter, class: kind, offer, sort, lang: language, limit: 25 };
  const path = `/api/plans/${part(plan.plan)}/decisions`;
  const list = usePages<Schemas["DecisionList"], Decision>(path, query, (body) => ({ rows: body.decisions, next: body.next, total: body.total }));
  const set = (changes: Record<string, string | null>) => go(withQuery(place, changes), true);
  const choose = (label: string, name: string, value: string, items: [string, string][]) => (
    <label className="filter"><span>{label}</span><select value={value} onChange={(event) => set({ [name]: event.target.value || null })}><option value="">{t("any")}</option>{items.map(([id, text]) => <option key={id} value={id}>{text}</option>)}</select></label>
  );
  return (
    <section className="section" id="decisions">
      <div className="section-head"><h2>{list.total === null ? t("plan_customers") : t("plan_customers_n", { n: list.total })}</h2></div>
      <div className="filters">
        {choose(t("verdict"), "verdict", verdict, verdicts.map((one) => [one, named("verdict", one)]))}
        {choose(t("class"), "class", kind, Object.keys(plan.classes).filter((one) => one !== "none").map((one) => [one, named("class", one)]))}
        {choose(t("filter"), "filter", filter, Object.keys(plan.filtered).filter((one) => one !== "none").map((one) => [one, named("filter", one)]))}
        {choose(t("offer"), "offer", offer, plan.offers.map((one) => [one.id, one.name || one.id]))}
        <label className="filter"><span>{t("sort_by")}</span><select value={sort} onChange={(event) => set({ sort: event.target.value })}>{["worth", "cost", "return_chance", "expected_year", "customer_id"].map((one) => <option key={one} value={one}>{named("sort", one)}</option>)}</select></label>
      </div>
      {list.error ? <Problem error={list.error} again={list.reload} /> : (
        <DataTable label={t("plan_customers")} rows={list.rows} id={(row) => row.customer_id} to={(row) => `/customers/${part(row.customer_id)}`} busy={list.busy} more={list.more} fileAt={address(path, { ...query, format: "csv" })} none={<Empty>{t("plan_customers_none")}</Empty>} columns={[
          { key: "customer_id", head: t("customer"), cell: (row) => row.customer_id },
          { key: "verdict", head: t("verdict"), cell: (row) => <Mark tone={verdictTone[row.verdict] ?? "grey"}>{named("verdict", row.verdict)}</Mark> },
          { key: "offer", head: t("offer"), cell: (row) => row.offer_name || "–" },
          { key: "worth", head: t("worth"), number: true, cell: (row) => (row.verdict === "wait" || row.verdict === "filtered" ? "–" : <>{w.exact(row.worth)}<span className="cell-note">{w.exact(row.worth_low)} … {w.exact(row.worth_high)}</span></>) },
          { key: "cost", head: t("cost"), number: true, cell: (row) => (row.cost > 0 ? w.exact(row.cost) : "–") },
          { key: "return_chance", head: t("return_chance"), number: true, cell: (row) => (row.return_chance > 0 ? percent(row.return_chance) : "–") },
          { key: "silent_days", head: t("silent_days"), number: true, cell: (row) => whole(row.silent_days) },
          { key: "sentence", head: t("why"), wide: true, cell: (row) => row.sentence },
        ]} />
      )}
    </section>
  );
}
