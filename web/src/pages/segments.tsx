/// Segments: those of the program, the shop's own, and a builder.
import { Button } from "antd";
import { Suspense, lazy } from "react";
import { call, part, useAction, useGet, type Schemas } from "../api";
import { Empty, Go, Loaded, Mark, Page, Problem, Section, Waiting } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";

const Builder = lazy(() => import("./segment_new"));
type Item = Schemas["SegmentList"]["segments"][number];

export default function Segments({ at }: { at: string[] }) {
  return at[0] !== undefined ? <Suspense fallback={<Waiting />}><Builder name={at[0] === "new" ? "" : at[0]} /></Suspense> : <List />;
}

function List() {
  const w = useWords();
  const { t, named, whole, money } = w;
  const { may } = useSession();
  const list = useGet<Schemas["SegmentList"]>("/api/segments");
  const { busy, error, run } = useAction();
  const build = may("post /api/segments/count") ? <Go to="/segments/new" primary>{t("segment_new")}</Go> : undefined;
  const label = (one: Item) => (one.kind === "own" ? one.name : named(one.kind === "rfm" ? "segment" : "stage", one.name));
  return (
    <Loaded from={list} lines={8}>{(data) => {
      const of = (kind: Item["kind"]) => data.segments.filter((one) => one.kind === kind && (kind === "own" || (one.customers ?? 0) > 0)).sort((a, b) => (b.spend_12m ?? 0) - (a.spend_12m ?? 0));
      const risk = data.segments.find((one) => one.kind === "rfm" && one.name === "at_risk");
      const table = (kind: Item["kind"], none?: React.ReactNode) => (
        <DataTable label={t(kind === "own" ? "segments_own" : kind === "rfm" ? "segments_rfm" : "segments_stage")} rows={of(kind)} id={(row) => row.name} to={(row) => may("get /api/customers") && !row.problem ? `/customers?where=${encodeURIComponent(row.where)}` : null} file={`segments-${kind}`} none={none} columns={[
          { key: "name", head: t("segment"), cell: (row) => label(row), plain: (row) => row.name },
          { key: "customers", head: t("customers"), number: true, cell: (row) => whole(row.customers), plain: (row) => row.customers },
          { key: "spend_12m", head: t("spend_12m"), number: true, cell: (row) => w.exact(row.spend_12m, 0), plain: (row) => row.spend_12m },
          { key: "expected_year", head: t("expected_year"), number: true, cell: (row) => w.exact(row.expected_year, 0), plain: (row) => row.expected_year },
          ...(kind === "own" ? [
            { key: "where", head: t("customers_condition"), wide: true, cell: (row: Item) => <><code>{row.where}</code>{row.problem && <> <Mark tone="red">{t("segment_broken")}</Mark> <span className="note">{row.problem}</span></>}</>, plain: (row: Item) => row.where },
            { key: "do", head: "", cell: (row: Item) => may("put /api/segments/{name}") ? <span className="row-actions"><Go to={`/segments/${part(row.name)}?where=${encodeURIComponent(row.where)}`}>{t("change")}</Go><Button loading={busy} onClick={() => { if (window.confirm(t("segment_delete_ask", { name: row.name }))) void run(async () => { await call("DELETE", `/api/segments/${part(row.name)}`); list.reload(); }); }}>{t("delete")}</Button></span> : null },
          ] : []),
        ]} />
      );
      return (
        <Page title={t("menu_segments")} question={t("segments_question")} headline={risk && (risk.customers ?? 0) > 0 ? t("segments_headline", { n: risk.customers ?? 0, money: money(risk.spend_12m) }) : t("segments_headline_plain")} deck={t("segments_deck")} how={{ text: t("segments_how"), doc: "docs/methods.md" }} next={build}>
          {error && <Problem error={error} />}
          <Section title={t("segments_own")}>{table("own", <Empty>{t("segments_own_none")}</Empty>)}</Section>
          <div className="columns"><Section title={t("segments_rfm")}>{table("rfm")}</Section><Section title={t("segments_stage")}>{table("stage")}</Section></div>
        </Page>
      );
    }}</Loaded>
  );
}
