/// One campaign: what it earned and how sure, where customers stand, what is in doubt, its letters and versions.
import { Button, Input } from "antd";
import { useState } from "react";
import { call, part, useAction, useGet, type Loading, type Schemas } from "../api";
import { diffLines } from "../diff";
import { Chart, Figure, axis, band, range, tooltip } from "../parts/chart";
import { Dialog } from "../parts/dialog";
import { JourneyGraph, Letters } from "../parts/journey";
import { Empty, Figures, Go, Link, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";
import { campaignTone } from "./campaigns";

type Data = Schemas["Campaign"];
type Outcome = Schemas["CampaignResults"];

export default function Campaign({ id }: { id: string }) {
  const { language } = useWords();
  const campaign = useGet<Data>(`/api/campaigns/${part(id)}`, { lang: language });
  const results = useGet<Outcome>(`/api/campaigns/${part(id)}/results`);
  return <Loaded from={campaign} lines={8}>{(data) => <Told data={data} results={results} reload={campaign.reload} />}</Loaded>;
}

function Told({ data, results, reload }: { data: Data; results: Loading<Outcome>; reload: () => void }) {
  const w = useWords();
  const { t, named, money, moment, percent } = w;
  const { may } = useSession();
  const [letter, setLetter] = useState("");
  const outcome = results.data;
  const profit = outcome?.profit ?? null;
  const headline = !outcome || profit === null ? t("campaign_headline_none")
    : outcome.proven && profit.low > 0 ? t("home_headline_proven_one", { value: money(profit.value), low: money(profit.low), sure: percent(outcome.confidence) })
    : outcome.proven ? t("home_headline_loss_one", { value: money(profit.value), high: money(profit.high), sure: percent(outcome.confidence) })
    : t("campaign_headline_open", { value: money(profit.value), low: money(profit.low), high: money(profit.high), sure: percent(outcome.confidence) });
  const doubtful = data.graph.steps.reduce((sum, one) => sum + one.in_doubt, 0);
  const show = (name: string) => { setLetter(name); document.getElementById("letters")?.scrollIntoView(); };
  return (
    <Page title={data.journey} question={t("campaign_question", { name: data.journey })} headline={headline}
      deck={<><Mark tone={campaignTone[data.state] ?? "grey"}>{named("campaign_state", data.state)}</Mark> {t("campaign_deck", { at: moment(data.launched_at), share: percent(data.holdout_share) })}{data.pause_reason && ` ${t("campaign_why", { why: data.pause_reason })}`}</>}
      how={{ text: t("campaign_how"), doc: "docs/methods.md" }} next={<State data={data} reload={reload} />} more={data.plan_id ? <Link to={`/plans/${part(data.plan_id)}`}>{t("customer_to_plan")}</Link> : undefined}>
      {data.state === "ended" ? null : doubtful > 0 && <p className="notice">{t("campaign_doubts", { n: doubtful })}</p>}
      <Loaded from={results} none={<Section title={t("results_title")}><Empty>{t("results_none")}</Empty></Section>}>{(one) => <Results data={one} />}</Loaded>
      <Section title={t("campaign_steps")} how={{ text: t("campaign_steps_how"), doc: "docs/methods.md" }}>
        <JourneyGraph graph={data.graph} live pick={may("get /api/journeys/{name}/letters/{letter}") ? show : undefined} />
        <DataTable label={t("campaign_steps")} rows={data.graph.steps.filter((one) => one.kind !== "entry" && one.kind !== "exit")} id={(row) => row.id} file={`${data.id}-steps`} columns={[
          { key: "step", head: t("step"), cell: (row) => row.title || row.id, plain: (row) => row.id },
          { key: "customers", head: t("stand_here"), number: true, cell: (row) => w.whole(row.customers), plain: (row) => row.customers },
          { key: "sent", head: t("sent"), number: true, cell: (row) => w.whole(row.sent), plain: (row) => row.sent },
          { key: "in_doubt", head: t("in_doubt"), number: true, cell: (row) => w.whole(row.in_doubt), plain: (row) => row.in_doubt },
          { key: "failed", head: t("not_sent"), number: true, cell: (row) => w.whole(row.failed ?? 0), plain: (row) => row.failed ?? 0 },
          { key: "opened", head: t("opened"), number: true, cell: (row) => w.whole(row.opened ?? null), plain: (row) => row.opened ?? null },
          { key: "clicked", head: t("clicked"), number: true, cell: (row) => w.whole(row.clicked ?? null), plain: (row) => row.clicked ?? null },
        ]} />
        {data.fates.length > 0 && <details><summary>{t("fates")}</summary><DataTable label={t("fates")} rows={data.fates} id={(_, i) => i} file={`${data.id}-fates`} columns={[
          { key: "step", head: t("step"), cell: (row) => row.step, plain: (row) => row.step },
          { key: "state", head: t("state"), cell: (row) => named("fate", row.state), plain: (row) => row.state },
          { key: "detail", head: t("detail"), wide: true, cell: (row) => row.detail || "–", plain: (row) => row.detail },
          { key: "messages", head: t("messages"), number: true, cell: (row) => w.whole(row.messages), plain: (row) => row.messages },
        ]} /><p className="note">{t("complaints_say", { n: data.complaints.complained, of: data.complaints.accepted })}</p></details>}
      </Section>
      {may("get /api/journeys/{name}/letters/{letter}") && data.letters.length > 0 && <div id="letters"><Section title={t("letters_title")}><Letters journey={data.journey} letters={data.letters} chosen={letter} choose={setLetter} /></Section></div>}
      <Versions data={data} />
    </Page>
  );
}

function State({ data, reload }: { data: Data; reload: () => void }) {
  const { t } = useWords();
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const { busy, error, run } = useAction();
  if (data.state === "ended") return may("post /api/plans") ? <Go to="/plans/new" primary>{t("plan_new")}</Go> : null;
  if (data.state === "paused") return may("post /api/campaigns/{id}/resume") ? <><Button type="primary" loading={busy} onClick={() => void run(async () => { await call("POST", `/api/campaigns/${part(data.id)}/resume`); reload(); })}>{t("resume")}</Button>{error && <Problem error={error} />}</> : null;
  if (!may("post /api/campaigns/{id}/pause")) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("pause")}</Button>
      <Dialog open={open} title={t("pause_title")} close={() => setOpen(false)}>
        <form onSubmit={(e) => { e.preventDefault(); void run(async () => { await call("POST", `/api/campaigns/${part(data.id)}/pause`, reason ? { reason } : {}); setOpen(false); reload(); }); }}>
          <p>{t("pause_text")}</p>
          <label className="field">{t("pause_reason")}<Input value={reason} maxLength={500} onChange={(e) => setReason(e.target.value)} /></label>
          {error && <Problem error={error} />}
          <div className="dialog-foot"><Button onClick={() => setOpen(false)}>{t("cancel")}</Button><Button type="primary" htmlType="submit" loading={busy}>{t("pause")}</Button></div>
        </form>
      </Dialog>
    </>
  );
}

function Results({ data }: { data: Outcome }) {
  const w = useWords();
  const { t, money, moneys, percent, percents, day } = w;
  const days = data.days;
  const last = days[days.length - 1];
  const difference = last ? last.treated - last.held_out : 0;
  return (
    <Section title={data.proven ? t("results_proven") : t("results_open")} note={data.warnings.join(" ")} how={{ text: t("results_how"), doc: "docs/methods.md" }}>
      <Figures items={[
        ...(data.profit ? [{ name: t("earned_more"), value: money(data.profit.value), note: t("interval_n", { sure: percent(data.confidence), range: moneys(data.profit.low, data.profit.high) }) }] : []),
        ...(data.profit_per_customer ? [{ name: t("per_customer"), value: money(data.profit_per_customer.value), note: moneys(data.profit_per_customer.low, data.profit_per_customer.high) }] : []),
        ...(data.return_rate_lift ? [{ name: t("more_return"), value: percent(data.return_rate_lift.value), note: percents(data.return_rate_lift.low, data.return_rate_lift.high) }] : []),
        { name: t("treated"), value: percent(data.treated.returned / Math.max(1, data.treated.customers)), note: t("returned_of", { n: data.treated.returned, of: data.treated.customers }) },
        { name: t("held_out"), value: percent(data.held_out.returned / Math.max(1, data.held_out.customers)), note: t("returned_of", { n: data.held_out.returned, of: data.held_out.customers }) },
      ]} />
      {days.length > 1 && (
        <Figure title={t("results_chart")} note={t("results_band_note", { sure: percent(data.confidence) })} table={<DataTable label={t("results_chart")} rows={days} id={(row) => row.day} file={`${data.campaign}-days`} columns={[
          { key: "day", head: t("day_since"), number: true, cell: (row) => w.whole(row.day), plain: (row) => row.day },
          { key: "treated", head: t("treated"), number: true, cell: (row) => percent(row.treated), plain: (row) => row.treated },
          { key: "held_out", head: t("held_out"), number: true, cell: (row) => percent(row.held_out), plain: (row) => row.held_out },
          { key: "low", head: t("difference"), number: true, cell: (row) => percents(row.low, row.high), plain: (row) => row.low },
        ]} />}>
          <Chart of={`results${data.campaign}${w.language}`} label={t("results_alt", { treated: percent(last?.treated), held: percent(last?.held_out), difference: percent(difference) })} option={(c) => ({
            grid: { left: 8, right: c.narrow ? 88 : 120, top: 16, bottom: 28, containLabel: true },
            tooltip: { ...tooltip(c), trigger: "axis", formatter: (items: { dataIndex: number }[]) => { const one = days[items[0]?.dataIndex ?? 0]!; return `${t("day_n", { n: one.day })}\n${t("treated")} ${percent(one.treated)}\n${t("held_out")} ${percent(one.held_out)}\n${t("difference")} ${percents(one.low, one.high)}`; } },
            xAxis: { type: "category", data: days.map((one) => one.day), boundaryGap: false, ...axis(c), splitLine: { show: false }, axisLabel: { ...axis(c).axisLabel, interval: (i: number) => i === 0 || (days[i]?.day ?? 0) % 7 === 0 }, name: t("day_since"), nameLocation: "middle", nameGap: 28 },
            yAxis: { type: "value", ...range(days.flatMap((one) => [one.treated, one.low === null ? null : one.held_out + one.low, one.high === null ? null : one.held_out + one.high])), ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => percent(v) } },
            series: [
              band(days.map((one) => (one.low === null ? null : one.held_out + one.low)), days.map((one) => (one.high === null ? null : one.held_out + one.high)), null, c.teal),
              { type: "line", data: days.map((one) => one.held_out), symbol: "none", lineStyle: { color: c.held, width: 2 }, endLabel: { show: true, formatter: t("held_out"), color: c.muted, fontSize: 12 } },
              { type: "line", data: days.map((one) => one.treated), symbol: "none", lineStyle: { color: c.teal, width: 2 }, endLabel: { show: true, formatter: t("treated"), color: c.teal, fontSize: 12, fontWeight: 600 }, z: 3 },
            ],
          })} />
        </Figure>
      )}
      <p className="note">{t("results_span", { from: day(data.from), until: day(data.until) })}{data.sample_ratio_p != null && data.sample_ratio_p < 0.001 ? ` ${t("results_srm")}` : ""}</p>
    </Section>
  );
}

function Versions({ data }: { data: Data }) {
  const { t, moment } = useWords();
  const [shown, setShown] = useState(data.versions[0]?.version ?? 0);
  if (data.versions.length === 0) return null;
  const at = data.versions.findIndex((one) => one.version === shown);
  const now = data.versions[at] ?? data.versions[0]!;
  const before = data.versions.find((one) => one.version === now.version - 1);
  return (
    <Section title={t("versions", { n: data.versions.length })}>
      <details>
        <summary>{t("versions_show")}</summary>
        <div className="chips">{data.versions.map((one) => <button type="button" className="chip" key={one.version} aria-pressed={one.version === now.version} onClick={() => setShown(one.version)}>{one.version}</button>)}</div>
        <p className="note">{t("version_by", { who: now.launched_by, at: moment(now.launched_at) })}{before ? ` ${t("version_against", { n: before.version })}` : ""}</p>
        <pre className="diff">{(before ? diffLines(before.source, now.source) : now.source.split("\n").map((text) => ({ kind: "same" as const, text }))).map((line, i) => <span key={i} className={`diff-${line.kind}`}>{line.kind === "gone" ? "− " : line.kind === "new" ? "+ " : "  "}{line.text}{"\n"}</span>)}</pre>
      </details>
    </Section>
  );
}
