/// Data: what was brought in, what streams in, what the warehouse holds.
import { Button } from "antd";
import { Suspense, lazy, useEffect, useState } from "react";
import { call, part, useAction, useGet, useJob, type Schemas } from "../api";
import { Empty, Figures, Go, Link, Loaded, Mark, Page, Problem, Section, Waiting } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { usePlace } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

const Import = lazy(() => import("./import"));

export default function Data({ at }: { at: string[] }) {
  const place = usePlace();
  const { may } = useSession();
  if (at[0] === "new") return <Suspense fallback={<Waiting />}><Import /></Suspense>;
  const tab = place.query.get("tab") ?? "imports";
  return tab === "stream" && may("get /api/events") ? <Stream /> : <Imports />;
}

function Tabs({ tab }: { tab: string }) {
  const { t } = useWords();
  const { may } = useSession();
  return <nav className="tabs" aria-label={t("menu_data")}><Link to="/data" current={tab === "imports"}>{t("tab_imports")}</Link>{may("get /api/events") && <Link to="/data?tab=stream" current={tab === "stream"}>{t("tab_stream")}</Link>}</nav>;
}

function Imports() {
  const w = useWords();
  const { t, named, whole, moment } = w;
  const { may } = useSession();
  const list = useGet<Schemas["ImportList"]>("/api/imports");
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job, (over) => { if (over.state === "done") list.reload(); });
  const { error, run } = useAction();
  const bring = may("post /api/uploads") ? <Go to="/data/new" primary>{t("bring_file")}</Go> : undefined;
  return (
    <Loaded from={list}>{(data) => {
      const alive = data.imports.filter((one) => one.undone_at === null);
      const rows = alive.reduce((sum, one) => sum + one.rows_kept, 0);
      const rejected = alive.reduce((sum, one) => sum + one.rows_rejected, 0);
      return (
        <Page title={t("menu_data")} question={t("data_question")} headline={alive.length === 0 ? t("data_headline_none") : rejected > 0 ? t("data_headline_rejects", { rows, n: alive.length, rejected }) : t("data_headline", { rows, n: alive.length })} how={{ text: t("data_how"), doc: "docs/formats.md" }} next={bring}>
          <Tabs tab="imports" />
          {error && <Problem error={error} />}
          {job && <JobProgress {...watched} />}
          <DataTable label={t("tab_imports")} rows={data.imports} id={(row) => row.id} file="imports" none={<Empty>{t("imports_none")}</Empty>} columns={[
            { key: "file", head: t("file"), cell: (row) => <><b>{row.file}</b>{row.undone_at && <> <Mark tone="grey">{t("undone")}</Mark></>}</>, plain: (row) => row.file },
            { key: "kind", head: t("kind_of_data"), cell: (row) => named("data", row.kind), plain: (row) => row.kind },
            { key: "begun_at", head: t("when"), cell: (row) => moment(row.begun_at), plain: (row) => row.begun_at },
            { key: "rows_kept", head: t("rows_kept"), number: true, cell: (row) => whole(row.rows_kept), plain: (row) => row.rows_kept },
            { key: "rows_rejected", head: t("rows_rejected"), number: true, cell: (row) => (row.rows_rejected > 0 && row.has_rejects && may("get /api/imports/{id}/rejects") ? <a href={`/api/imports/${row.id}/rejects`} download>{whole(row.rows_rejected)}</a> : whole(row.rows_rejected)), plain: (row) => row.rows_rejected },
            { key: "undo", head: <span className="unseen">{t("undo")}</span>, cell: (row) => (row.undone_at === null && may("post /api/imports/{id}/undo") ? <Button size="small" onClick={() => { if (window.confirm(t("undo_ask", { file: row.file, n: row.rows_kept }))) void run(async () => setJob((await call<Schemas["Job"]>("POST", `/api/imports/${part(row.id)}/undo`)).id)); }}>{t("undo")}</Button> : null) },
          ]} />
        </Page>
      );
    }}</Loaded>
  );
}

function Stream() {
  const w = useWords();
  const { t, whole, bytes, moment, named } = w;
  const { may } = useSession();
  const events = useGet<Schemas["Events"]>("/api/events");
  const warehouse = useGet<Schemas["Warehouse"]>("/api/warehouse");
  const reload = events.reload;
  useEffect(() => {
    const timer = window.setInterval(() => { if (!document.hidden) reload(); }, 5000);
    return () => window.clearInterval(timer);
  }, [reload]);
  const seconds = (value: number) => t("seconds_n", { n: value < 10 ? value.toFixed(1) : whole(value) });
  return (
    <Loaded from={events}>{(data) => (
      <Page title={t("tab_stream")} question={t("stream_question")} headline={data.accepted === 0 ? t("stream_headline_none") : t("stream_headline", { n: data.accepted, lag: seconds(Math.max(data.warehouse_lag_seconds, data.trigger_lag_seconds)) })} how={{ text: t("stream_how"), doc: "docs/formats.md" }}
        next={data.accepted === 0 && may("post /api/keys") ? <Go to="/settings?tab=keys" primary>{t("make_key")}</Go> : undefined}>
        <Tabs tab="stream" />
        <Figures items={[{ name: t("events_accepted"), value: whole(data.accepted) }, { name: t("events_rejected"), value: whole(data.rejected) }, { name: t("per_second"), value: data.per_second.toFixed(1) }, { name: t("lag_warehouse"), value: seconds(data.warehouse_lag_seconds) }, { name: t("lag_triggers"), value: seconds(data.trigger_lag_seconds) }, { name: t("spool"), value: bytes(data.spool_bytes) }]} />
        <Section title={t("events_recent")}>
          <DataTable label={t("events_recent")} rows={data.recent} id={(_, i) => i} file="events" none={<Empty>{t("events_none")}</Empty>} columns={[
            { key: "at", head: t("when"), cell: (row) => moment(row.at), plain: (row) => row.at },
            { key: "type", head: t("event_type"), cell: (row) => <code>{row.type}</code>, plain: (row) => row.type },
            { key: "name", head: t("event_name"), cell: (row) => row.name || "–", plain: (row) => row.name },
            { key: "customer", head: t("customer"), cell: (row) => (row.customer_id ? may("get /api/customers/{id}") ? <Link to={`/customers/${part(row.customer_id)}`}>{row.customer_id}</Link> : row.customer_id : t("not_known_yet")), plain: (row) => row.customer_id },
            { key: "verdict", head: t("outcome"), cell: (row) => named("event", row.verdict), plain: (row) => row.verdict },
          ]} />
        </Section>
        <Section title={t("warehouse_title")}>
          <Loaded from={warehouse}>{(house) => <>
            <p className="note">ClickHouse {house.version} · {house.local ? t("warehouse_local") : t("warehouse_remote")}</p>
            <DataTable label={t("warehouse_title")} rows={house.tables} id={(row) => row.name} file="warehouse" columns={[
              { key: "name", head: t("table"), cell: (row) => <code>{row.name}</code>, plain: (row) => row.name },
              { key: "rows", head: t("rows"), number: true, cell: (row) => whole(row.rows), plain: (row) => row.rows },
              { key: "bytes", head: t("size"), number: true, cell: (row) => bytes(row.bytes), plain: (row) => row.bytes },
            ]} /></>}</Loaded>
        </Section>
      </Page>
    )}</Loaded>
  );
}
