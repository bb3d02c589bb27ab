/// Where did they leave and why; what should be fixed first.
import { useGet, type Schemas } from "../api";
import { Assumed, Empty, Go, Loaded, Mark, Page, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { useWords } from "../words";

type Data = Schemas["Reasons"];

export default function Reasons() {
  const w = useWords();
  const { t, language } = w;
  const reasons = useGet<Data>("/api/reasons", { lang: language });
  return <Loaded from={reasons} lines={8} none={<Page question={t("reasons_question")} headline={t("retention_none")} deck={t("retention_none_deck")} next={<Go to="/data/new" primary>{t("home_bring_orders")}</Go>} />}>{(data) => <Told data={data} />}</Loaded>;
}

const wordsOf = (words: unknown[]): string[] => words.map((one) => (typeof one === "string" ? one : String((one as { word?: unknown }).word ?? ""))).filter(Boolean);

function Told({ data }: { data: Data }) {
  const w = useWords();
  const { t, named, whole, money, percent } = w;
  const rows = data.reasons.filter((one) => one.reason !== "unclear" && one.customers >= 0.5).sort((a, b) => b.loss_90 - a.loss_90);
  const first = rows.find((one) => one.actor !== "nobody");
  const most = Math.max(1, ...rows.map((one) => one.loss_90));
  const clear = data.leavers - data.unclear;
  if (data.looked === false || rows.length === 0) return <Page question={t("reasons_question")} headline={t("reasons_headline_none")} deck={t("reasons_none_deck")} how={{ text: t("reason_how"), doc: "docs/methods-reasons.md" }} next={<Go to="/data/new" primary>{t("reasons_bring")}</Go>} />;
  const learned = (data as { learned_signals?: string[] }).learned_signals ?? [];
  return (
    <Page title={t("menu_reasons")} question={t("reasons_question")} headline={first ? t("reasons_headline_first", { reason: first.name, money: money(first.loss_90), n: Math.round(first.customers) }) : t("reasons_headline_nobody")}
      deck={t("reasons_deck", { leavers: data.leavers, clear, unclear: data.unclear, told: data.told, wrote: data.wrote })} how={{ text: t("reason_how"), doc: "docs/methods-reasons.md" }}
      next={<Go to={`/customers?where=${encodeURIComponent("lapsed")}&sort=loss_90`} primary>{t("reasons_next")}</Go>}>
      {learned.length === 0 && <p><Assumed why={t("reason_how")} /></p>}
      <Section title={t("reasons_table")}>
        <DataTable label={t("reasons_table")} rows={rows} id={(row) => row.reason} file="reasons" columns={[
          { key: "reason", head: t("reason"), cell: (row) => <><b>{row.name || row.reason}</b>{row.blocks ? <> <Mark tone="amber">{t("waits_until_fixed")}</Mark></> : null}</>, plain: (row) => row.reason },
          { key: "loss_90", head: t("loss_90_head"), number: true, cell: (row) => <>{w.exact(row.loss_90, 0)}<span className="bar bar-thin"><span className={`bar-fill bar-${row.actor === "nobody" ? "grey" : "red"}`} style={{ width: `${(100 * row.loss_90) / most}%` }} /></span></>, plain: (row) => row.loss_90 },
          { key: "customers", head: t("customers"), number: true, cell: (row) => <>{whole(row.customers)}<span className="cell-note">{whole(row.low)}–{whole(row.high)}</span></>, plain: (row) => row.customers },
          { key: "trend", head: t("last_90"), number: true, cell: (row) => <>{whole(row.last_90_days)}<span className="cell-note">{t("before_n", { n: whole(row["90_days_before"]) })}</span></>, plain: (row) => row.last_90_days },
          { key: "actor", head: t("who_can_act"), cell: (row) => named("actor", row.actor), plain: (row) => row.actor },
          { key: "playbook", head: t("what_to_do"), wide: true, cell: (row) => row.playbook || "–", plain: (row) => row.playbook },
          { key: "words", head: t("their_words"), wide: true, cell: (row) => w.list(wordsOf(row.words).slice(0, 6)) || "–", plain: (row) => wordsOf(row.words).join(" ") },
        ]} />
      </Section>
      {rows.some((one) => (one.evidence ?? []).length > 0) && (
        <Section title={t("reasons_evidence_title")} note={t("reasons_evidence_note")}>
          <div className="quotes">{rows.filter((one) => (one.evidence ?? []).length > 0).map((one) => <div key={one.reason}><h3>{one.name}</h3>{one.evidence!.map((text, i) => <blockquote key={i}>{text}</blockquote>)}</div>)}</div>
        </Section>
      )}
      {(data.steps ?? []).length > 0 && (
        <Section title={t("reasons_steps")} how={{ text: t("reasons_steps_how"), doc: "docs/methods-reasons.md" }}>
          <DataTable label={t("reasons_steps")} rows={data.steps as Record<string, number | string>[]} id={(row, i) => `${row.step}${i}`} file="steps" columns={[
            { key: "step", head: t("step"), cell: (row) => String(row.step), plain: (row) => String(row.step) },
            { key: "reached", head: t("step_reached"), number: true, cell: (row) => whole(Number(row.reached)), plain: (row) => Number(row.reached) },
            { key: "stopped", head: t("step_stopped"), number: true, cell: (row) => whole(Number(row.stopped)), plain: (row) => Number(row.stopped) },
            { key: "rate", head: t("share"), number: true, cell: (row) => percent(Number(row.rate)), plain: (row) => Number(row.rate) },
            { key: "elsewhere", head: t("elsewhere"), number: true, cell: (row) => percent(Number(row.elsewhere)), plain: (row) => Number(row.elsewhere) },
          ]} />
        </Section>
      )}
      {(data.unused ?? []).length > 0 && (
        <Section title={t("reasons_unused")}>
          <DataTable label={t("reasons_unused")} rows={data.unused as Record<string, number | string>[]} id={(row, i) => `${row.feature}${i}`} file="unused" none={<Empty>{t("table_empty")}</Empty>} columns={[
            { key: "feature", head: t("feature"), cell: (row) => String(row.feature), plain: (row) => String(row.feature) },
            { key: "stayed", head: t("among_stayed"), number: true, cell: (row) => percent(Number(row.among_stayed)), plain: (row) => Number(row.among_stayed) },
            { key: "left", head: t("among_left"), number: true, cell: (row) => percent(Number(row.among_left)), plain: (row) => Number(row.among_left) },
          ]} />
        </Section>
      )}
    </Page>
  );
}
