/// Finding customers; one of them at /customers/{id}.
import { Button, Input } from "antd";
import { Suspense, lazy, useEffect, useState } from "react";
import { address, usePages, type Schemas } from "../api";
import { quoted } from "../condition";
import { Empty, Go, Mark, Page, Problem, Waiting } from "../parts/page";
import { DataTable } from "../parts/table";
import { go, usePlace, withQuery } from "../router";
import { useWords } from "../words";

const One = lazy(() => import("./customer"));
type Row = Schemas["CustomerRow"];
export const stages = ["new", "growing", "mature", "declining", "lapsed_light", "lapsed_heavy", "lost", "natural_end"];
export const segments = ["champions", "loyal", "potential_loyalist", "new_customers", "promising", "need_attention", "about_to_sleep", "at_risk", "cannot_lose", "hibernating", "lost"];
export const stageTone: Record<string, string> = { new: "blue", growing: "blue", mature: "blue", declining: "amber", lapsed_light: "amber", lapsed_heavy: "red", lost: "red", natural_end: "grey" };

export default function Customers({ at }: { at: string[] }) {
  return at[0] !== undefined ? <Suspense fallback={<Waiting lines={6} />}><One id={at[0]} /></Suspense> : <List />;
}

function List() {
  const w = useWords();
  const { t, named, whole, percent, day } = w;
  const place = usePlace();
  const q = place.query.get("q") ?? "";
  const stage = place.query.get("stage") ?? "";
  const segment = place.query.get("segment") ?? "";
  const extra = place.query.get("where") ?? "";
  const sort = place.query.get("sort") ?? "expected_year";
  const order = place.query.get("order") ?? "desc";
  const where = [stage && `stage = ${quoted(stage)}`, segment && `segment = ${quoted(segment)}`, extra && (stage || segment ? `(${extra})` : extra)].filter(Boolean).join(" and ");
  const query = { q, where, sort, order };
  const list = usePages<Schemas["CustomerList"], Row>("/api/customers", query, (body) => ({ rows: body.customers, next: body.next, total: body.total }));
  const set = (changes: Record<string, string | null>) => go(withQuery(place, changes), true);
  const [typed, setTyped] = useState(q);
  const [text, setText] = useState(extra);
  useEffect(() => setTyped(q), [q]);
  useEffect(() => setText(extra), [extra]);
  useEffect(() => {
    if (typed === q) return;
    const timer = window.setTimeout(() => set({ q: typed || null }), 300);
    return () => window.clearTimeout(timer);
  });
  const filtered = q !== "" || where !== "";
  const total = list.total;
  return (
    <Page title={t("menu_customers")} question={t("customers_question")}
      headline={total === null ? (list.error ? t("customers_headline_unknown") : "…") : filtered ? t("customers_headline_found", { n: total }) : t("customers_headline", { n: total })}
      how={{ text: t("customers_how"), doc: "docs/methods.md" }}
      next={total === 0 ? undefined : where ? <Go to={`/plans/new?where=${encodeURIComponent(where)}`} primary>{t("customers_plan_these")}</Go> : <Go to="/plans" primary>{t("customers_to_plans")}</Go>}>
      <search className="filters">
        <label className="filter grow"><span>{t("search")}</span><Input type="search" allowClear value={typed} placeholder={t("customers_search_hint")} onChange={(e) => setTyped(e.target.value)} /></label>
        <label className="filter"><span>{t("stage")}</span><select value={stage} onChange={(e) => set({ stage: e.target.value || null })}><option value="">{t("any")}</option>{stages.map((one) => <option key={one} value={one}>{named("stage", one)}</option>)}</select></label>
        <label className="filter"><span>{t("segment")}</span><select value={segment} onChange={(e) => set({ segment: e.target.value || null })}><option value="">{t("any")}</option>{segments.map((one) => <option key={one} value={one}>{named("segment", one)}</option>)}</select></label>
        <label className="filter sort-by"><span>{t("sort_by")}</span><select value={sort} onChange={(e) => set({ sort: e.target.value })}>{["expected_year", "loss_90", "spend", "spend_12m", "silent_days", "return_chance", "last_day", "purchase_days", "customer_id"].map((one) => <option key={one} value={one}>{named("sort", one)}</option>)}</select></label>
      </search>
      <details className="more-filter" open={extra !== ""}>
        <summary>{t("customers_condition")}</summary>
        <form className="condition-line" onSubmit={(e) => { e.preventDefault(); set({ where: text.trim() || null }); }}>
          <Input aria-label={t("customers_condition")} value={text} onChange={(e) => setText(e.target.value)} placeholder="spend_12m > 200 and silent > 90" className="code" />
          <Button htmlType="submit">{t("apply")}</Button>
          <Go to={`/segments/new${text ? `?where=${encodeURIComponent(text)}` : ""}`}>{t("customers_build")}</Go>
        </form>
      </details>
      {list.error ? <Problem error={list.error} again={list.reload} /> : list.first ? <Waiting lines={8} /> : (
        <DataTable label={t("menu_customers")} rows={list.rows} id={(row) => row.customer_id} to={(row) => `/customers/${encodeURIComponent(row.customer_id)}`} busy={list.busy} more={list.more}
          fileAt={address("/api/customers", { ...query, format: "csv" })}
          sorted={{ by: sort, descending: order === "desc", change: (by) => set({ sort: by, order: by === sort && order === "desc" ? "asc" : "desc" }) }}
          none={<Empty action={filtered ? <Button onClick={() => set({ q: null, stage: null, segment: null, where: null })}>{t("clear_filters")}</Button> : <Go to="/data/new" primary>{t("home_bring_orders")}</Go>}>{filtered ? t("customers_none_found") : t("customers_none")}</Empty>}
          columns={[
            { key: "customer_id", head: t("customer"), sort: "customer_id", cell: (row) => row.customer_id },
            { key: "stage", head: t("stage"), cell: (row) => <Mark tone={stageTone[row.stage] ?? "grey"}>{named("stage", row.stage)}</Mark> },
            { key: "segment", head: t("segment"), cell: (row) => named("segment", row.segment) },
            { key: "last_day", head: t("last_order"), sort: "last_day", cell: (row) => day(row.last_day) },
            { key: "silent_days", head: t("silent_days"), sort: "silent_days", number: true, cell: (row) => whole(row.silent_days) },
            { key: "purchase_days", head: t("orders"), sort: "purchase_days", number: true, cell: (row) => whole(row.purchase_days) },
            { key: "spend_12m", head: t("spend_12m"), sort: "spend_12m", number: true, cell: (row) => w.exact(row.spend_12m) },
            { key: "return_chance", head: t("return_chance"), sort: "return_chance", number: true, cell: (row) => percent(row.return_chance) },
            { key: "expected_year", head: t("expected_year"), sort: "expected_year", number: true, cell: (row) => w.exact(row.expected_year) },
          ]} />
      )}
    </Page>
  );
}
