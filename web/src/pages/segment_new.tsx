/// Building a segment: rows on one side, the condition they make on the other, and who it is.
import { Button, Input } from "antd";
import { useEffect, useMemo, useState } from "react";
import { CallError, call, part, useAction, useGet, type Schemas } from "../api";
import { readRows, signs, writeRows, type Comparison, type Rows } from "../condition";
import { Empty, Figures, Go, Loaded, Page, Problem, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { go, usePlace } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

type Fields = Schemas["FieldList"]["fields"];

export default function Builder({ name }: { name: string }) {
  const fields = useGet<Schemas["FieldList"]>("/api/segments/fields");
  return <Loaded from={fields}>{(data) => <Told fields={data.fields} name={name} />}</Loaded>;
}

function Told({ fields, name }: { fields: Fields; name: string }) {
  const w = useWords();
  const { t, named, has, money, percent, whole } = w;
  const { may } = useSession();
  const place = usePlace();
  const kinds = useMemo(() => new Map(fields.map((one) => [one.name, one])), [fields]);
  const isText = (field: string) => kinds.get(field)?.kind === "text";
  const blank = (): Comparison => ({ field: kinds.has("spend_12m") ? "spend_12m" : (fields[0]?.name ?? ""), sign: ">=", value: "" });
  const [text, setText] = useState(place.query.get("where") ?? "");
  const [rows, setRows] = useState<Rows | null>(() => { const read = readRows(place.query.get("where") ?? ""); return read && read.groups.length === 0 ? { join: "and", groups: [[blank()]] } : read; });
  const [title, setTitle] = useState(name);
  const [count, setCount] = useState<Schemas["SegmentCount"] | null>(null);
  const [wrong, setWrong] = useState<CallError | null>(null);
  const [counting, setCounting] = useState(false);
  const { busy, error, run } = useAction();
  useEffect(() => {
    if (text.trim() === "") { setCount(null); setWrong(null); return; }
    let late = false;
    setCounting(true);
    const timer = window.setTimeout(() => {
      call<Schemas["SegmentCount"]>("POST", "/api/segments/count", { where: text }).then(
        (found) => { if (!late) { setCount(found); setWrong(null); setCounting(false); } },
        (problem: CallError) => { if (!late) { setWrong(problem); setCounting(false); } });
    }, 350);
    return () => { late = true; window.clearTimeout(timer); };
  }, [text]);
  const change = (next: Rows) => { setRows(next); setText(writeRows(next, isText)); };
  const write = (next: string) => { setText(next); setRows(readRows(next)); };
  const set = (g: number, i: number, part: Partial<Comparison>) => rows && change({ ...rows, groups: rows.groups.map((group, a) => (a === g ? group.map((one, b) => (b === i ? { ...one, ...part } : one)) : group)) });
  const remove = (g: number, i: number) => rows && change({ ...rows, groups: rows.groups.map((group, a) => (a === g ? group.filter((_, b) => b !== i) : group)).filter((group) => group.length > 0) });
  const label = (field: string) => (has(`field_${field}`) ? named("field", field) : field);
  const valueLabel = (field: string, value: string) => (field === "stage" || field === "segment" ? named(field, value) : value);
  const outer = rows?.join ?? "and";
  const inner = outer === "and" ? "or" : "and";
  return (
    <Page title={name || t("segment_new")} question={name ? t("segment_change", { name }) : t("segment_new")} headline={count ? t("segment_headline", { n: count.customers, of: count.of, money: money(count.spend_12m) }) : t("segment_headline_empty")}
      how={{ text: t("segment_how"), doc: "docs/formats.md" }} next={count && count.customers > 0 && may("post /api/plans") ? <Go to={`/plans/new?where=${encodeURIComponent(text)}`} primary>{t("customers_plan_these")}</Go> : undefined}>
      <Section title={t("segment_conditions")}>
        {rows === null ? <p className="note">{t("segment_not_rows")}</p> : (
          <div className="builder">
            {rows.groups.map((group, g) => (
              <div key={g} className="builder-group">
                {g > 0 && <p className="builder-join"><button type="button" className="link" onClick={() => change({ ...rows, join: inner })} title={t("join_switch")}>{outer === "and" ? t("and") : t("or")}</button></p>}
                <div className="builder-rows">
                  {group.map((one, i) => {
                    const kind = kinds.get(one.field);
                    return (
                      <div key={i} className="builder-row">
                        {i > 0 && <span className="builder-inner">{inner === "and" ? t("and") : t("or")}</span>}
                        <select aria-label={t("field")} value={one.field} onChange={(e) => set(g, i, { field: e.target.value, sign: kinds.get(e.target.value)?.kind === "text" ? "=" : one.sign, value: kinds.get(e.target.value)?.kind === kind?.kind && kind?.kind === "number" ? one.value : (kinds.get(e.target.value)?.values[0] ?? "") })}>
                          {!kinds.has(one.field) && <option value={one.field}>{one.field}</option>}
                          {fields.map((field) => <option key={field.name} value={field.name}>{label(field.name)}</option>)}
                        </select>
                        <select aria-label={t("comparison")} value={one.sign} onChange={(e) => set(g, i, { sign: e.target.value })}>{signs.filter((sign) => kind?.kind !== "text" || sign === "=" || sign === "!=").map((sign) => <option key={sign} value={sign}>{t(sign === "=" ? "sign_is" : sign === "!=" ? "sign_not" : sign === "<" ? "sign_under" : sign === "<=" ? "sign_at_most" : sign === ">" ? "sign_over" : "sign_at_least")}</option>)}</select>
                        {kind && kind.values.length > 0 ? <select aria-label={t("value")} value={one.value} onChange={(e) => set(g, i, { value: e.target.value })}>{!kind.values.includes(one.value) && <option value={one.value}>{one.value}</option>}{kind.values.map((value) => <option key={value} value={value}>{valueLabel(one.field, value)}</option>)}</select>
                          : <Input aria-label={t("value")} value={one.value} inputMode={kind?.kind === "number" ? "decimal" : "text"} onChange={(e) => set(g, i, { value: e.target.value })} />}
                        <button type="button" className="icon-button" aria-label={t("row_remove")} onClick={() => remove(g, i)}>×</button>
                      </div>
                    );
                  })}
                  <button type="button" className="quiet" onClick={() => change({ ...rows, groups: rows.groups.map((other, a) => (a === g ? [...other, blank()] : other)) })}>{inner === "or" ? t("row_or") : t("row_and")}</button>
                </div>
              </div>
            ))}
            <Button onClick={() => change({ ...rows, groups: [...rows.groups, [blank()]] })}>{outer === "and" ? t("group_and") : t("group_or")}</Button>
          </div>
        )}
        <label className="field condition-text">{t("segment_text")}<Input.TextArea className="code" rows={2} maxLength={2000} value={text} onChange={(e) => write(e.target.value)} /></label>
        {wrong && <Problem error={wrong} />}
      </Section>
      {count && !wrong && (
        <div className={counting ? "stale" : undefined} aria-live="polite">
          <Figures items={[
            { name: t("customers"), value: whole(count.customers), note: percent(count.customers / Math.max(1, count.of)) },
            { name: t("spend_12m"), value: money(count.spend_12m) },
            { name: t("expected_year"), value: money(count.expected_year), note: t("model_expects") },
            { name: t("loss_90"), value: money(count.loss_90), note: t("loss_90_note") },
          ]} />
          <Section title={t("segment_sample")}>
            <DataTable label={t("segment_sample")} rows={count.sample} id={(row) => row.customer_id} to={(row) => `/customers/${part(row.customer_id)}`} none={<Empty>{t("customers_none_found")}</Empty>} columns={[
              { key: "customer_id", head: t("customer"), cell: (row) => row.customer_id },
              { key: "stage", head: t("stage"), cell: (row) => named("stage", row.stage) },
              { key: "silent_days", head: t("silent_days"), number: true, cell: (row) => whole(row.silent_days) },
              { key: "spend_12m", head: t("spend_12m"), number: true, cell: (row) => w.exact(row.spend_12m) },
              { key: "expected_year", head: t("expected_year"), number: true, cell: (row) => w.exact(row.expected_year) },
            ]} />
          </Section>
        </div>
      )}
      {may("put /api/segments/{name}") && (
        <form className="save-line" onSubmit={(e) => { e.preventDefault(); void run(async () => { await call("PUT", `/api/segments/${part(title.trim())}`, { where: text }); go("/segments"); }); }}>
          <label className="filter"><span>{t("segment_name")}</span><Input value={title} maxLength={100} required pattern="[a-z][a-z0-9_]*" title={t("segment_name_hint")} placeholder="big_spenders" onChange={(e) => setTitle(e.target.value)} /></label>
          <Button type="primary" htmlType="submit" loading={busy} disabled={!count || wrong !== null || title.trim() === ""}>{t("segment_save")}</Button>
          {error && <Problem error={error} />}
        </form>
      )}
    </Page>
  );
}
