/// Bringing a file in: choose, see how its columns were read, correct, import.
import { Button, Input, Progress } from "antd";
import { useEffect, useRef, useState } from "react";
import { CallError, call, part, useAction, useJob, type Schemas } from "../api";
import { Figures, Go, Mark, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { usePlace } from "../router";
import { useSession } from "../session";
import { upload } from "../upload";
import { useWords } from "../words";

type Preview = Schemas["ImportPreview"];
type Kind = Schemas["ImportRequest"]["kind"];
const kinds: Kind[] = ["orders", "customers", "products", "events", "feedback", "spend", "consents", "redemptions"];

export default function Import() {
  const w = useWords();
  const { t, named, whole, bytes, has } = w;
  const place = usePlace();
  const { session } = useSession();
  const asked = place.query.get("kind") as Kind | null;
  const [kind, setKind] = useState<Kind>(asked && kinds.includes(asked) ? asked : "orders");
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [sent, setSent] = useState<string | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [map, setMap] = useState<Record<string, string>>({});
  const [dates, setDates] = useState<"" | "dmy" | "mdy">("");
  const [currency, setCurrency] = useState("");
  const [over, setOver] = useState(false);
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job);
  const { busy, error, run } = useAction();
  const input = useRef<HTMLInputElement>(null);
  const request = (changed?: Partial<Schemas["ImportRequest"]>): Schemas["ImportRequest"] => ({ kind, ...(Object.keys(map).length > 0 ? { map } : {}), ...(dates ? { date_format: dates } : {}), ...(/^[A-Z]{3}$/.test(currency) ? { currency } : {}), ...changed });
  const look = (id: string, changed?: Partial<Schemas["ImportRequest"]>) => run(async () => setPreview(await call<Preview>("POST", `/api/uploads/${part(id)}/preview`, request(changed))));
  const take = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    setPreview(null);
    setMap({});
    setShare(0);
    setSent(null);
    void run(async () => {
      if (chosen.size === 0) throw new CallError(400, "", t("file_empty", { file: chosen.name }));
      const done = await upload(chosen, setShare);
      setSent(done.upload);
      setPreview(await call<Preview>("POST", `/api/uploads/${part(done.upload)}/preview`, { kind }));
    });
  };
  useEffect(() => {
    if (sent && preview && preview.kind !== kind) void look(sent, { kind, map: {} });
    // Only another kind asks for another look; other changes ask themselves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind]);
  const summary = watched.job?.state === "done" ? (watched.job.result as Record<string, number | string | null> | undefined) : undefined;
  const roleOf = (heading: string) => preview?.columns.find((one) => one.heading === heading)?.role ?? "";
  const choose = (heading: string, role: string) => {
    if (!sent || !preview) return;
    const next: Record<string, string> = {};
    for (const one of preview.columns) if (one.role && one.heading !== heading && one.role !== role) next[one.role] = one.heading;
    if (role) next[role] = heading;
    setMap(next);
    void look(sent, { map: next });
  };
  const roleName = (role: string) => (has(`column_${role}`) ? named("column", role) : role);
  const missing = preview?.roles.filter((one) => one.needed && !preview.columns.some((column) => column.role === one.role)) ?? [];
  return (
    <Page title={t("bring_file")} question={t("bring_file")} headline={summary ? t("import_done", { n: Number(summary.rows_kept ?? 0) }) : preview ? (preview.problem ? t("import_headline_problem") : t("import_headline", { n: preview.rows_kept, of: preview.rows_read })) : t("import_headline_start")}
      deck={summary ? undefined : preview ? (preview.problem || t("import_deck_preview")) : t("import_deck")} how={{ text: t("import_how"), doc: "docs/formats.md" }}
      next={summary ? <Go to="/retention" primary>{t("import_next")}</Go> : undefined}>
      {job ? (
        <>
          <JobProgress {...watched} />
          {summary && <><Figures items={[{ name: t("rows_kept"), value: whole(Number(summary.rows_kept ?? 0)) }, { name: t("rows_rejected"), value: whole(Number(summary.rows_rejected ?? 0)) }, ...(summary.first_day ? [{ name: t("span"), value: w.day(String(summary.first_day)), note: t("until", { day: w.day(String(summary.last_day)) }) }] : [])]} />
            {Number(summary.rows_rejected ?? 0) > 0 && summary.import_id != null && <p><a href={`/api/imports/${part(Number(summary.import_id))}/rejects`} download>{t("rejects_file")}</a></p>}
            <Button onClick={() => { setJob(null); setFile(null); setPreview(null); setShare(null); setSent(null); setMap({}); }}>{t("another_file")}</Button></>}
          {watched.job?.state === "failed" && <Button onClick={() => setJob(null)}>{t("back")}</Button>}
        </>
      ) : (
        <>
          <div className="filters">
            <label className="filter"><span>{t("kind_of_data")}</span><select value={kind} onChange={(e) => setKind(e.target.value as Kind)}>{kinds.map((one) => <option key={one} value={one}>{named("data", one)}</option>)}</select></label>
            {preview && <label className="filter"><span>{t("date_form")}</span><select value={dates} onChange={(e) => { const next = e.target.value as "" | "dmy" | "mdy"; setDates(next); if (sent) void look(sent, { date_format: next }); }}><option value="">{t("date_auto")}</option><option value="dmy">{t("date_dmy")}</option><option value="mdy">{t("date_mdy")}</option></select></label>}
            {preview && kind === "orders" && <label className="filter"><span>{t("import_currency")}</span><Input value={currency} maxLength={3} placeholder={session.workspace.currency} onChange={(e) => setCurrency(e.target.value.toUpperCase())} onBlur={() => { if (sent && (currency === "" || currency.length === 3)) void look(sent); }} /></label>}
          </div>
          <p className="note">{named("data_needs", kind)}</p>
          <div className={over ? "drop drop-over" : "drop"} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files[0]); }}>
            <input ref={input} type="file" id="file" hidden aria-label={t("choose_file")} accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.gz" onChange={(e) => { take(e.target.files?.[0]); e.target.value = ""; }} />
            <p>{file ? <><b>{file.name}</b> <span className="note">{bytes(file.size)}</span></> : t("drop_here")}</p>
            <Button type={file ? "default" : "primary"} onClick={() => input.current?.click()}>{file ? t("other_file") : t("choose_file")}</Button>
            {share !== null && sent === null && !error && <Progress aria-label={t("uploading")} percent={Math.round(share * 100)} />}
          </div>
          {error && <Problem error={error} again={file ? () => (sent ? void look(sent) : take(file)) : undefined} />}
          {preview && sent && (
            <div className={busy ? "stale" : undefined}>
              {missing.length > 0 && <p className="notice">{t("columns_missing", { names: w.list(missing.map((one) => roleName(one.role))) })}</p>}
              <Section title={t("columns_title")} note={t("columns_note", { format: preview.format, charset: preview.charset })}>
                <DataTable label={t("columns_title")} rows={preview.headings} id={(heading, i) => `${heading}${i}`} columns={[
                  { key: "heading", head: t("heading"), cell: (heading) => <b>{heading}</b> },
                  { key: "role", head: t("taken_for"), cell: (heading) => <select aria-label={t("taken_for_of", { heading })} value={roleOf(heading)} onChange={(e) => choose(heading, e.target.value)}><option value="">{t("not_used")}</option>{preview.roles.map((one) => <option key={one.role} value={one.role}>{roleName(one.role)}{one.needed ? " *" : ""}</option>)}</select> },
                  { key: "format", head: t("form"), cell: (heading) => { const one = preview.columns.find((column) => column.heading === heading); return one?.format ? <Mark tone="grey">{one.format}</Mark> : "–"; } },
                  { key: "sample", head: t("sample"), wide: true, cell: (heading) => { const i = preview.headings.indexOf(heading); return w.list(preview.sample.slice(0, 3).map((row) => row[i] ?? "").filter(Boolean)) || "–"; } },
                ]} />
              </Section>
              {preview.rejects.length > 0 && (
                <Section title={t("rejects_title", { n: preview.rows_rejected })}>
                  <DataTable label={t("rejects_title", { n: preview.rows_rejected })} rows={preview.rejects} id={(_, i) => i} file="rejects" columns={[
                    { key: "line", head: t("line"), number: true, cell: (row) => whole(row.line), plain: (row) => row.line },
                    { key: "column", head: t("column_head"), cell: (row) => row.column, plain: (row) => row.column },
                    { key: "value", head: t("value"), cell: (row) => <code>{row.value}</code>, plain: (row) => row.value },
                    { key: "reason", head: t("why"), wide: true, cell: (row) => row.reason, plain: (row) => row.reason },
                  ]} />
                </Section>
              )}
              <div className="save-line"><Button type="primary" size="large" loading={busy} disabled={preview.problem !== "" || preview.rows_kept === 0} onClick={() => void run(async () => setJob((await call<Schemas["Job"]>("POST", `/api/uploads/${part(sent)}/import`, request())).id))}>{t("import_now", { kind: named("data", kind) })}</Button></div>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
