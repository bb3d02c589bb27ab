/// Where customers are lost: return by days silent, the RFM grid, cohorts, flows between states, the leaky bucket.
import { Button } from "antd";
import { useState } from "react";
import { call, useAction, useGet, useJob, type Schemas } from "../api";
import { Chart, Figure, axis, band, range, tooltip } from "../parts/chart";
import { Empty, Figures, Go, Loaded, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";

type Analysis = Schemas["Analysis"];

export default function Retention() {
  const { t } = useWords();
  const analysis = useGet<Analysis>("/api/analysis");
  return <Loaded from={analysis} lines={8} none={<Page question={t("retention_question")} headline={t("retention_none")} deck={t("retention_none_deck")} next={<Go to="/data/new" primary>{t("home_bring_orders")}</Go>}><Analyse done={analysis.reload} /></Page>}>{(data) => <Told data={data} reload={analysis.reload} />}</Loaded>;
}

function Analyse({ done }: { done: () => void }) {
  const { t } = useWords();
  const { may } = useSession();
  const { busy, error, run } = useAction();
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job, (over) => { if (over.state === "done") { setJob(null); done(); } });
  if (!may("post /api/jobs")) return null;
  if (job) return <JobProgress {...watched} />;
  return <>{error && <Problem error={error} />}<Button loading={busy} onClick={() => void run(async () => setJob((await call<Schemas["Job"]>("POST", "/api/jobs", { kind: "analyze" })).id))}>{t("analyse_again")}</Button></>;
}

function Told({ data, reload }: { data: Analysis; reload: () => void }) {
  const w = useWords();
  const { t, percent, money, day, named } = w;
  const churn = data.monthly_churn_rate;
  return (
    <Page title={t("menu_retention")} question={t("retention_question")} headline={data.lost_after_days > 0 ? t("retention_headline", { n: data.lost_after_days, churn: percent(churn) }) : t("retention_headline_never", { churn: percent(churn) })}
      deck={t("retention_deck", { from: day(data.first_day), until: day(data.last_day), n: data.customers })} how={{ text: t("retention_how"), doc: "docs/methods.md" }} more={<Analyse done={reload} />}
      next={<Go to={`/customers?where=${encodeURIComponent("stage = declining")}&sort=loss_90`} primary>{t("retention_next")}</Go>}>
      {data.warnings.map((one, i) => <p key={i} className="notice">{named("warning", one)}</p>)}
      <Figures items={[
        { name: t("once_only"), value: percent(data.one_order_customers / Math.max(1, data.customers)), note: t("of_customers", { n: data.one_order_customers, of: data.customers }) },
        ...data.retention.slice(0, 6).map((one) => ({ name: t("again_within", { n: one.days }), value: percent(one.again.value), note: t("interval95", { range: w.percents(one.again.low, one.again.high) }) })),
        { name: t("loss_90"), value: money(data.expected_loss_90_days), note: t("loss_90_note") },
      ]} />
      <ReturnChance data={data} />
      <Grid data={data} />
      <Flows data={data} />
      <Bucket data={data} />
      <Cohorts data={data} />
    </Page>
  );
}

function ReturnChance({ data }: { data: Analysis }) {
  const w = useWords();
  const { t, percent, percents, whole } = w;
  const points = data.return_by_days_silent.filter((one) => one.chance.of > 0);
  const at = (one: (typeof points)[number]) => (one.from + one.to) / 2;
  const last = points[points.length - 1];
  return (
    <Section title={data.lost_after_days > 0 ? t("silence_title", { n: data.lost_after_days }) : t("silence_title_never")} how={{ text: t("silence_how"), doc: "docs/methods.md" }}>
      <Figure title={t("silence_chart")} note={t("interval_band")} table={<DataTable label={t("silence_chart")} rows={points} id={(row) => row.from} file="return-by-silence" columns={[
        { key: "from", head: t("days_silent_range"), cell: (row) => `${row.from}–${row.to}`, plain: (row) => `${row.from}-${row.to}` },
        { key: "chance", head: t("return_chance"), number: true, cell: (row) => percent(row.chance.value), plain: (row) => row.chance.value },
        { key: "low", head: t("interval_95"), number: true, cell: (row) => percents(row.chance.low, row.chance.high), plain: (row) => row.chance.low },
        { key: "of", head: t("customers"), number: true, cell: (row) => whole(row.chance.of), plain: (row) => row.chance.of },
      ]} />}>
        <Chart of={`silence${w.language}`} label={t("silence_alt", { n: data.lost_after_days })} option={(c) => ({
          grid: { left: 8, right: 16, top: 28, bottom: 28, containLabel: true },
          tooltip: { ...tooltip(c), trigger: "axis", formatter: (items: { dataIndex: number }[]) => { const one = points[items[0]?.dataIndex ?? 0]!; return `${t("days_n", { n: `${one.from}–${one.to}` })}\n${percent(one.chance.value)} (${percents(one.chance.low, one.chance.high)})`; } },
          xAxis: { type: "value", min: 0, max: last ? Math.ceil(last.to / 100) * 100 : 1, ...axis(c), splitLine: { show: false }, axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => whole(v) }, name: c.narrow ? "" : t("silent_days"), nameLocation: "middle", nameGap: 28 },
          yAxis: { type: "value", ...range(points.map((one) => one.chance.high)), ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => percent(v) } },
          series: [
            band(points.map((one) => one.chance.low), points.map((one) => one.chance.high), points.map(at), c.blue),
            { type: "line", data: points.map((one) => [at(one), one.chance.value]), symbol: "none", lineStyle: { color: c.blue, width: 2 }, z: 3,
              markLine: data.lost_after_days > 0 ? { silent: true, symbol: "none", lineStyle: { color: c.red, type: "dashed" }, label: { formatter: t("lost_here", { n: data.lost_after_days }), color: c.red, fontSize: 12, position: "end", rotate: 0 }, data: [{ xAxis: data.lost_after_days }] } : undefined },
          ],
        })} />
      </Figure>
    </Section>
  );
}

/// 5 × 5: recency to the right, frequency and money upward; each cell leads to its customers.
function Grid({ data }: { data: Analysis }) {
  const w = useWords();
  const { t, named, whole, brief, money } = w;
  const [by, setBy] = useState<"customers" | "money">("customers");
  const values = by === "customers" ? data.rfm_customers : data.rfm_spend;
  const most = Math.max(1, ...values.flat());
  const total = data.rfm_customers.flat().reduce((sum, one) => sum + one, 0);
  const spend = data.rfm_spend.flat().reduce((sum, one) => sum + one, 0);
  const best = (data.rfm_customers[4]?.[4] ?? 0) + (data.rfm_customers[4]?.[3] ?? 0);
  const bestSpend = (data.rfm_spend[4]?.[4] ?? 0) + (data.rfm_spend[4]?.[3] ?? 0);
  const segments = Object.entries(data.segments).filter(([, n]) => n > 0).sort((a, b) => (data.segment_spend[b[0]] ?? 0) - (data.segment_spend[a[0]] ?? 0));
  return (
    <Section title={t("rfm_title", { share: w.percent(best / Math.max(1, total)), money: w.percent(bestSpend / Math.max(1, spend)) })} how={{ text: t("rfm_how"), doc: "docs/methods.md" }}
      actions={<div className="chips" role="group" aria-label={t("rfm_shown")}><button type="button" className="chip" aria-pressed={by === "customers"} onClick={() => setBy("customers")}>{t("customers")}</button><button type="button" className="chip" aria-pressed={by === "money"} onClick={() => setBy("money")}>{t("spend")}</button></div>}>
      <div className="columns">
        <div className="heat-box">
          <table className="heat">
            <caption>{t("rfm_caption")}</caption>
            <tbody>
              {[4, 3, 2, 1, 0].map((fm) => (
                <tr key={fm}>
                  <th scope="row">{fm === 4 ? t("rfm_valuable") : fm === 0 ? t("rfm_small") : fm + 1}</th>
                  {[0, 1, 2, 3, 4].map((r) => {
                    const value = values[r]?.[fm] ?? 0;
                    const share = Math.sqrt(value / most);
                    return <td key={r} data-level={value === 0 ? 0 : Math.max(1, Math.ceil(share * 6))}>{value === 0 ? "–" : <><b>{by === "customers" ? whole(value) : money(value)}</b><span>{by === "customers" ? money(data.rfm_spend[r]?.[fm]) : brief(data.rfm_customers[r]?.[fm])}</span></>}</td>;
                  })}
                </tr>
              ))}
            </tbody>
            <tfoot><tr><td />{[0, 1, 2, 3, 4].map((r) => <th scope="col" key={r}>{r === 0 ? t("rfm_long_ago") : r === 4 ? t("rfm_recent") : r + 1}</th>)}</tr></tfoot>
          </table>
        </div>
        <DataTable label={t("menu_segments")} rows={segments} id={([name]) => name} to={([name]) => `/customers?segment=${name}`} file="segments" columns={[
          { key: "segment", head: t("segment"), cell: ([name]) => named("segment", name), plain: ([name]) => name },
          { key: "customers", head: t("customers"), number: true, cell: ([, n]) => whole(n), plain: ([, n]) => n },
          { key: "spend", head: t("spend"), number: true, cell: ([name]) => w.exact(data.segment_spend[name], 0), plain: ([name]) => data.segment_spend[name] ?? null },
        ]} />
      </div>
    </Section>
  );
}

function Flows({ data }: { data: Analysis }) {
  const w = useWords();
  const { t, named, whole } = w;
  if (data.flows.length === 0) return null;
  const sum = (test: (from: string, to: string) => boolean) => data.flows.filter((one) => test(one.from, one.to)).reduce((total, one) => total + one.customers, 0);
  const away = sum((from, to) => (from === "active" && to !== "active") || (from === "slipping" && to === "lost"));
  const back = sum((from, to) => (from === "slipping" || from === "lost") && to === "active");
  const order = ["none", "active", "slipping", "lost"];
  return (
    <Section title={t("flows_title", { away, back })} how={{ text: t("flows_how"), doc: "docs/methods.md" }}>
      <Figure title={t("flows_chart")} table={<DataTable label={t("flows_chart")} rows={data.flows} id={(row) => `${row.from}-${row.to}`} file="flows" columns={[
        { key: "from", head: t("flow_from"), cell: (row) => named("flow", row.from), plain: (row) => row.from },
        { key: "to", head: t("flow_to"), cell: (row) => named("flow", row.to), plain: (row) => row.to },
        { key: "customers", head: t("customers"), number: true, cell: (row) => whole(row.customers), plain: (row) => row.customers },
        { key: "spend_12m", head: t("spend_12m"), number: true, cell: (row) => w.exact(row.spend_12m, 0), plain: (row) => row.spend_12m },
      ]} />}>
        <Chart of={`flows${w.language}`} height={300} label={t("flows_alt", { away, back })} option={(c) => {
          const colour: Record<string, string> = { none: c.held, active: c.blue, slipping: c.amber, lost: c.red };
          const at = (side: string) => order.filter((name) => data.flows.some((one) => one.customers > 0 && (side === "f" ? one.from : one.to) === name)).map((name) => {
            const n = data.flows.filter((one) => (side === "f" ? one.from : one.to) === name).reduce((total, one) => total + one.customers, 0);
            return { name: `${side}-${name}`, itemStyle: { color: colour[name] }, label: { position: side === "f" ? "right" : "left", formatter: `${named("flow", name)} ${whole(n)}`, color: c.ink, fontSize: 12, textBorderColor: c.paper, textBorderWidth: 3 } };
          });
          return { tooltip: { show: false }, series: [{ type: "sankey", left: 4, right: 4, top: 8, bottom: 8, nodeWidth: 8, nodeGap: 16, layoutIterations: 0, draggable: false, emphasis: { disabled: true }, lineStyle: { color: "source", opacity: 0.25 },
            data: [...at("f"), ...at("t")], links: data.flows.filter((one) => one.customers > 0).map((one) => ({ source: `f-${one.from}`, target: `t-${one.to}`, value: one.customers })) }] };
        }} />
      </Figure>
    </Section>
  );
}

function Bucket({ data }: { data: Analysis }) {
  const w = useWords();
  const { t, whole, month, monthShort } = w;
  const months = data.months.slice(-18);
  const last = months[months.length - 1];
  if (!last) return null;
  const net = last.gained + last.returned - last.lost;
  return (
    <Section title={net < 0 ? t("bucket_title_loses", { month: month(last.month), n: -net }) : t("bucket_title_gains", { month: month(last.month), n: net })} how={{ text: t("bucket_how"), doc: "docs/methods.md" }}>
      <Figure title={t("bucket_chart")} table={<DataTable label={t("bucket_chart")} rows={data.months} id={(row) => row.month} file="months" columns={[
        { key: "month", head: t("month"), cell: (row) => month(row.month), plain: (row) => row.month },
        { key: "active_at_start", head: t("active_at_start"), number: true, cell: (row) => whole(row.active_at_start), plain: (row) => row.active_at_start },
        { key: "gained", head: t("gained"), number: true, cell: (row) => whole(row.gained), plain: (row) => row.gained },
        { key: "returned", head: t("came_back"), number: true, cell: (row) => whole(row.returned), plain: (row) => row.returned },
        { key: "lost", head: t("lost"), number: true, cell: (row) => whole(row.lost), plain: (row) => row.lost },
      ]} />}>
        <Chart of={`bucket${w.language}`} label={t("bucket_alt", { gained: last.gained, back: last.returned, lost: last.lost })} option={(c) => {
          const bars = (name: string, key: "gained" | "returned" | "lost", colour: string, sign: number) => ({ type: "bar", stack: "all", data: months.map((one) => sign * one[key]), itemStyle: { color: colour }, barCategoryGap: "25%",
            label: { show: false }, markPoint: { symbol: "circle", symbolSize: 1, itemStyle: { color: "transparent" }, data: [] }, name });
          return {
            grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
            tooltip: { ...tooltip(c), trigger: "axis", formatter: (items: { dataIndex: number }[]) => { const one = months[items[0]?.dataIndex ?? 0]!; return `${month(one.month)}\n${t("gained")} ${whole(one.gained)}\n${t("came_back")} ${whole(one.returned)}\n${t("lost")} ${whole(one.lost)}`; } },
            legend: undefined,
            xAxis: { type: "category", data: months.map((one) => monthShort(one.month)), ...axis(c), splitLine: { show: false } },
            yAxis: { type: "value", ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => whole(Math.abs(v)) } },
            series: [bars("returned", "returned", c.teal, 1), bars("gained", "gained", c.blue, 1), bars("lost", "lost", c.red, -1)],
          };
        }} />
        <p className="key"><span className="dot dot-blue" />{t("gained")} <span className="dot dot-teal" />{t("came_back")} <span className="dot dot-red" />{t("lost")}</p>
      </Figure>
    </Section>
  );
}

function Cohorts({ data }: { data: Analysis }) {
  const { t, month, percent, whole } = useWords();
  const cohorts = data.cohorts.slice(-13);
  const width = Math.min(13, Math.max(0, ...cohorts.map((one) => one.active.length)));
  if (width < 2) return <Section title={t("cohort_title")}><Empty>{t("cohort_none")}</Empty></Section>;
  return (
    <Section title={t("cohort_title")} note={t("cohort_note")} how={{ text: t("cohort_how"), doc: "docs/methods.md" }}>
      <div className="heat-box" tabIndex={0} role="region" aria-label={t("cohort_title")}>
        <table className="heat cohort">
          <caption className="unseen">{t("cohort_title")}</caption>
          <thead><tr><th scope="col">{t("first_order_in")}</th><th scope="col" className="n">{t("customers")}</th>{Array.from({ length: width - 1 }, (_, i) => <th scope="col" key={i}>+{i + 1}</th>)}</tr></thead>
          <tbody>{cohorts.map((one) => <tr key={one.month}><th scope="row">{month(one.month)}</th><td className="n">{whole(one.customers)}</td>{Array.from({ length: width - 1 }, (_, i) => { const value = one.active[i + 1]; return <td key={i} data-level={value === undefined ? undefined : Math.min(6, Math.max(value > 0 ? 1 : 0, Math.ceil(value * 20)))}>{value === undefined ? "" : percent(value)}</td>; })}</tr>)}</tbody>
        </table>
      </div>
    </Section>
  );
}
