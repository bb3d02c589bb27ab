/// Which models are used and why, how good they were on weeks they had not seen, and what own approaches taught.
import { Button } from "antd";
import { useState } from "react";
import { call, useAction, useGet, useJob, type Schemas } from "../api";
import { Chart, Figure, axis, tooltip } from "../parts/chart";
import { Empty, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { grouped } from "../format";
import { useSession } from "../session";
import { useWords } from "../words";

type Data = Schemas["Models"];
interface Decile { predicted: number; observed: number; low: number; high: number; customers: number }
interface Churn {
  horizon_days: number; active: number; expected_leavers: number; model: string; why: string; measured: boolean; against: string;
  brier_gain: { value: number; standard_error: number } | null;
  scores: { model: string; auc: number; brier: number; predicted: number; average_precision: number }[];
  folds: { cut: string; customers: number; observed: number; scores: { model: string; auc: number; brier: number; predicted: number }[] }[];
  deciles: Decile[];
  refused: { column: string; why: string; auc: number }[];
}

export default function Models() {
  const { language } = useWords();
  const models = useGet<Data>("/api/models", { lang: language });
  return <Loaded from={models} lines={8}>{(data) => <Told data={data} reload={models.reload} />}</Loaded>;
}

function Told({ data, reload }: { data: Data; reload: () => void }) {
  const w = useWords();
  const { t, named, percent, day } = w;
  const { may } = useSession();
  const check = data.return_chance?.check ?? null;
  const own = check?.rivals.find((one) => one.name === "winback");
  const best = check ? [...check.rivals].sort((a, b) => a.brier - b.brier)[0] : undefined;
  const churn = data.churn as unknown as Churn | null;
  const purchase = data.purchase as { model: string; judged: boolean; models: Record<string, string | number>[] } | null;
  return (
    <Page title={t("menu_models")} question={t("models_question")} headline={check && own ? t("models_headline", { predicted: percent(own.predicted), observed: percent(check.observed), n: check.customers }) : t("models_headline_none")}
      deck={check && own && best ? (best.name === "winback" ? t("models_deck_best", { cut: day(check.cut), n: check.horizon_days }) : t("models_deck_not_best", { name: named("rival", best.name) })) : t("models_deck_none")} how={{ text: t("models_how"), doc: "docs/methods.md" }}
      next={may("post /api/jobs") ? <Forecast churn={churn !== null} reload={reload} /> : undefined}>
      {check && (
        <Section title={t("calibration_title")} how={{ text: t("calibration_how"), doc: "docs/methods.md" }}>
          <div className="columns">
            <Calibration title={t("calibration_return")} rows={check.deciles.map((one) => ({ predicted: one.predicted, observed: one.observed, low: Math.max(0, one.observed - 1.96 * one.standard_error), high: Math.min(1, one.observed + 1.96 * one.standard_error), customers: one.customers }))} file="calibration" />
            <div><h3>{t("rivals_title")}</h3>
              <DataTable label={t("rivals_title")} rows={[...check.rivals].sort((a, b) => a.brier - b.brier)} id={(row) => row.name} file="rivals" columns={[
                { key: "name", head: t("method"), cell: (row) => <>{named("rival", row.name)}{row.name === "winback" && <> <Mark tone="teal">{t("used")}</Mark></>}</>, plain: (row) => row.name },
                { key: "brier", head: t("brier"), number: true, cell: (row) => row.brier.toFixed(4), plain: (row) => row.brier },
                { key: "auc", head: "AUC", number: true, cell: (row) => row.auc.toFixed(3), plain: (row) => row.auc },
                { key: "predicted", head: t("foresaw"), number: true, cell: (row) => percent(row.predicted), plain: (row) => row.predicted },
              ]} />
              <p className="note">{t("rivals_note", { observed: percent(check.observed) })}</p></div>
          </div>
        </Section>
      )}
      {purchase && (
        <Section title={t("purchase_title", { model: named("purchase_model", purchase.model) })} note={purchase.judged ? t("purchase_judged") : t("purchase_not_judged")} how={{ text: t("purchase_how"), doc: "docs/methods.md" }}>
          {purchase.models.length > 0 && <DataTable label={t("purchase_models")} rows={purchase.models} id={(row, i) => `${row.model}${i}`} file="purchase-models" columns={[
            { key: "model", head: t("model"), cell: (row) => <>{named("purchase_model", String(row.model))}{row.model === purchase.model && <> <Mark tone="teal">{t("used")}</Mark></>}</>, plain: (row) => String(row.model) },
            ...["log_score", "mae", "rmse", "total_error"].filter((key) => purchase.models.some((one) => typeof one[key] === "number")).map((key) => ({ key, head: named("score", key), number: true, cell: (row: Record<string, string | number>) => (typeof row[key] === "number" ? (key === "total_error" ? percent(row[key] as number) : grouped(row[key] as number, 3)) : "–"), plain: (row: Record<string, string | number>) => (row[key] ?? null) as number | null })),
          ]} />}
        </Section>
      )}
      {churn ? <ChurnSection churn={churn} /> : <Section title={t("churn_title_none")}><Empty>{t("home_forecast_none")}</Empty></Section>}
      <Section title={t("learned_title")} how={{ text: t("learned_how"), doc: "docs/methods.md" }}>
        {data.learned.length === 0 ? <Empty>{t("learned_none")}</Empty> : <Learned rows={data.learned} />}
      </Section>
    </Page>
  );
}

function Forecast({ churn, reload }: { churn: boolean; reload: () => void }) {
  const { t } = useWords();
  const { busy, error, run } = useAction();
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job, (over) => { if (over.state === "done") { setJob(null); reload(); } });
  if (job) return <JobProgress {...watched} />;
  return <><Button type={churn ? "default" : "primary"} loading={busy} onClick={() => void run(async () => setJob((await call<Schemas["Job"]>("POST", "/api/jobs", { kind: "churn" })).id))}>{churn ? t("forecast_again") : t("home_forecast_button")}</Button>{error && <Problem error={error} />}</>;
}

function ChurnSection({ churn }: { churn: Churn }) {
  const w = useWords();
  const { t, named, percent, whole, day } = w;
  return (
    <Section title={t("churn_title", { n: Math.round(churn.expected_leavers), of: churn.active, days: churn.horizon_days })} note={churn.measured ? t("churn_why", { model: named("churn_model", churn.model), against: churn.against ? named("churn_model", churn.against) : "–" }) : t("churn_not_measured")} how={{ text: t("churn_how"), doc: "docs/methods-churn.md" }}>
      <div className="columns">
        {churn.deciles.length > 0 && <Calibration title={t("calibration_churn")} rows={churn.deciles} file="churn-calibration" />}
        <div><h3>{t("rivals_title")}</h3>
          <DataTable label={t("rivals_title")} rows={[...churn.scores].sort((a, b) => a.brier - b.brier)} id={(row) => row.model} file="churn-models" columns={[
            { key: "model", head: t("method"), cell: (row) => <>{named("churn_model", row.model)}{row.model === churn.model && <> <Mark tone="teal">{t("used")}</Mark></>}</>, plain: (row) => row.model },
            { key: "brier", head: t("brier"), number: true, cell: (row) => row.brier.toFixed(4), plain: (row) => row.brier },
            { key: "auc", head: "AUC", number: true, cell: (row) => row.auc.toFixed(3), plain: (row) => row.auc },
            { key: "predicted", head: t("foresaw"), number: true, cell: (row) => percent(row.predicted), plain: (row) => row.predicted },
          ]} /></div>
      </div>
      {churn.folds.length > 0 && <><h3>{t("folds_title")}</h3><DataTable label={t("folds_title")} rows={churn.folds} id={(row) => row.cut} file="churn-folds" columns={[
        { key: "cut", head: t("judged_from"), cell: (row) => day(row.cut), plain: (row) => row.cut },
        { key: "customers", head: t("customers"), number: true, cell: (row) => whole(row.customers), plain: (row) => row.customers },
        { key: "observed", head: t("left_really"), number: true, cell: (row) => percent(row.observed), plain: (row) => row.observed },
        { key: "predicted", head: t("foresaw"), number: true, cell: (row) => percent(row.scores.find((one) => one.model === churn.model)?.predicted), plain: (row) => row.scores.find((one) => one.model === churn.model)?.predicted ?? null },
        { key: "auc", head: "AUC", number: true, cell: (row) => row.scores.find((one) => one.model === churn.model)?.auc.toFixed(3) ?? "–", plain: (row) => row.scores.find((one) => one.model === churn.model)?.auc ?? null },
      ]} /></>}
      {churn.refused.length > 0 && <details><summary>{t("refused_columns", { n: churn.refused.length })}</summary><ul>{churn.refused.map((one) => <li key={one.column}><code>{one.column}</code>: {named("refused", one.why)}</li>)}</ul></details>}
    </Section>
  );
}

/// Predicted against observed, tenth by tenth, with error bars; on the diagonal is right.
function Calibration({ title, rows, file }: { title: string; rows: Decile[]; file: string }) {
  const w = useWords();
  const { t, percent, percents, whole } = w;
  const most = Math.min(1, Math.ceil(Math.max(...rows.map((one) => Math.max(one.predicted, one.high))) * 10) / 10);
  const off = rows.filter((one) => one.predicted < one.low || one.predicted > one.high).length;
  return (
    <Figure title={title} note={t("calibration_note")} table={<DataTable label={title} rows={rows} id={(_, i) => i} file={file} columns={[
      { key: "predicted", head: t("foreseen"), number: true, cell: (row) => percent(row.predicted), plain: (row) => row.predicted },
      { key: "observed", head: t("came_true"), number: true, cell: (row) => percent(row.observed), plain: (row) => row.observed },
      { key: "low", head: t("interval_95"), number: true, cell: (row) => percents(row.low, row.high), plain: (row) => row.low },
      { key: "customers", head: t("customers"), number: true, cell: (row) => whole(row.customers), plain: (row) => row.customers },
    ]} />}>
      <Chart of={`${file}${w.language}`} height={280} label={t("calibration_alt", { n: rows.length, off })} option={(c) => ({
        grid: { left: 8, right: 16, top: 16, bottom: 32, containLabel: true },
        tooltip: { ...tooltip(c), trigger: "item", formatter: (item: { dataIndex: number }) => { const one = rows[item.dataIndex]; return one ? `${t("foreseen")} ${percent(one.predicted)}\n${t("came_true")} ${percent(one.observed)} (${percents(one.low, one.high)})` : ""; } },
        xAxis: { type: "value", min: 0, max: most, ...axis(c), splitLine: { show: false }, axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => percent(v) }, name: t("foreseen"), nameLocation: "middle", nameGap: 30 },
        yAxis: { type: "value", min: 0, max: most, ...axis(c), axisLabel: { ...axis(c).axisLabel, formatter: (v: number) => percent(v) } },
        series: [
          { type: "line", data: [[0, 0], [most, most]], symbol: "none", silent: true, lineStyle: { color: c.held, type: "dashed", width: 1 } },
          { type: "custom", data: rows.map((one) => [one.predicted, one.low, one.high]), silent: true, renderItem: (_: unknown, api: { value: (i: number) => number; coord: (at: [number, number]) => [number, number] }) => {
            const x = api.value(0);
            const [px, top] = api.coord([x, api.value(2)]);
            const [, bottom] = api.coord([x, api.value(1)]);
            return { type: "line", shape: { x1: px, y1: top, x2: px, y2: bottom }, style: { stroke: c.blue, lineWidth: 2, opacity: 0.5 } };
          } },
          { type: "scatter", data: rows.map((one) => [one.predicted, one.observed]), symbolSize: 8, itemStyle: { color: c.blue } },
        ],
      })} />
    </Figure>
  );
}

/// What was assumed of an offer and what is believed now, as ranges on one scale with 0 drawn.
function Learned({ rows }: { rows: Data["learned"] }) {
  const w = useWords();
  const { t, whole } = w;
  const low = Math.min(0, ...rows.flatMap((one) => [one.assumed.low, one.believed.low]));
  const high = Math.max(0, ...rows.flatMap((one) => [one.assumed.high, one.believed.high]));
  const at = (value: number) => (high === low ? 50 : ((value - low) / (high - low)) * 100);
  const ratio = (value: number) => `×${Math.exp(value).toFixed(2)}`;
  return (
    <DataTable label={t("learned_title")} rows={rows} id={(row) => row.offer} file="learned" columns={[
      { key: "offer", head: t("offer"), cell: (row) => row.name || row.offer, plain: (row) => row.offer },
      { key: "range", head: t("assumed_to_believed"), cell: (row) => (
        <svg className="range range-two" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label={t("learned_alt", { assumed: ratio(row.assumed.value), believed: ratio(row.believed.value) })}>
          <line x1={at(0)} x2={at(0)} y1="0" y2="20" className="range-zero" />
          <rect x={at(row.assumed.low)} width={at(row.assumed.high) - at(row.assumed.low)} y="3" height="4" className="range-band" /><rect x={at(row.assumed.value) - 0.4} width="0.8" y="1" height="8" className="range-value" />
          <rect x={at(row.believed.low)} width={at(row.believed.high) - at(row.believed.low)} y="13" height="4" className="range-band sure" /><rect x={at(row.believed.value) - 0.4} width="0.8" y="11" height="8" className="range-value" />
        </svg>) },
      { key: "assumed", head: t("assumed"), number: true, cell: (row) => <>{ratio(row.assumed.value)}<span className="cell-note">{ratio(row.assumed.low)}…{ratio(row.assumed.high)}</span></>, plain: (row) => row.assumed.value },
      { key: "believed", head: t("believed"), number: true, cell: (row) => <>{ratio(row.believed.value)}<span className="cell-note">{ratio(row.believed.low)}…{ratio(row.believed.high)}</span></>, plain: (row) => row.believed.value },
      { key: "approached", head: t("approached"), number: true, cell: (row) => whole(row.approached), plain: (row) => row.approached },
      { key: "held_out", head: t("held_out"), number: true, cell: (row) => whole(row.held_out), plain: (row) => row.held_out },
    ]} />
  );
}
