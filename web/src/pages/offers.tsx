/// Offers plans choose from, what is believed of each, the money of codes, and stock.
import { Button, Input } from "antd";
import { useState } from "react";
import { call, useAction, useGet, type Schemas } from "../api";
import { Assumed, Empty, Go, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";

type Data = Schemas["Offers"];

export default function Offers() {
  const { language } = useWords();
  const offers = useGet<Data>("/api/offers", { lang: language });
  return <Loaded from={offers} lines={8}>{(data) => <Told data={data} reload={offers.reload} />}</Loaded>;
}

function Told({ data, reload }: { data: Data; reload: () => void }) {
  const w = useWords();
  const { t, named, percent, whole, money } = w;
  const { may } = useSession();
  const [text, setText] = useState(data.source);
  const { busy, error, run } = useAction();
  const measured = data.offers.filter((one) => !one.assumed).length;
  const outstanding = data.accounts.reduce((sum, one) => sum + one.outstanding, 0);
  const empty = data.products.filter((one) => one.stock !== null && one.stock <= 0).length;
  const ratio = (value: number) => `×${Math.exp(value).toFixed(2)}`;
  return (
    <Page title={t("menu_offers")} question={t("offers_question")} headline={t("offers_headline", { n: data.offers.length, measured })} deck={outstanding > 0 ? t("offers_deck", { money: money(outstanding) }) : undefined} how={{ text: t("offers_how"), doc: "docs/methods.md" }}
      next={may("post /api/plans") ? <Go to="/plans/new" primary>{t("plan_new")}</Go> : undefined}>
      <Section title={t("offers_list")}>
        <DataTable label={t("offers_list")} rows={data.offers} id={(row) => row.id} file="offers" columns={[
          { key: "offer", head: t("offer"), cell: (row) => <b>{row.name || row.id}</b>, plain: (row) => row.id },
          { key: "form", head: t("form"), cell: (row) => <>{named("kind", row.form)}{row.depth !== null && <span className="cell-note">{row.depth <= 1 ? percent(row.depth) : money(row.depth)}</span>}</>, plain: (row) => row.form },
          { key: "contact_cost", head: t("contact_cost"), number: true, cell: (row) => w.exact(row.contact_cost), plain: (row) => row.contact_cost },
          { key: "channels", head: t("channel"), cell: (row) => w.list(row.channels.map((one) => named("page_channel", one))), plain: (row) => row.channels.join(" ") },
          { key: "valid_days", head: t("valid"), number: true, cell: (row) => (row.valid_days == null ? "–" : t("days_n", { n: row.valid_days })), plain: (row) => row.valid_days ?? null },
          { key: "lift", head: t("offer_effect"), number: true, cell: (row) => (row.lift === null ? "–" : <>{ratio(row.lift.value)} {row.assumed && <Assumed />}<span className="cell-note">{ratio(row.lift.low)}…{ratio(row.lift.high)}</span></>), plain: (row) => row.lift?.value ?? null },
        ]} />
        <p className="note">{t("offer_effect_note")}</p>
      </Section>
      <Section title={t("accounts_title")} how={{ text: t("accounts_how"), doc: "docs/methods.md" }}>
        <DataTable label={t("accounts_title")} rows={data.accounts} id={(_, i) => i} file="codes" none={<Empty>{t("accounts_none")}</Empty>} columns={[
          { key: "campaign", head: t("campaign"), cell: (row) => row.campaign, plain: (row) => row.campaign },
          { key: "offer", head: t("offer"), cell: (row) => data.offers.find((one) => one.id === row.offer)?.name ?? row.offer, plain: (row) => row.offer },
          { key: "issued", head: t("issued"), number: true, cell: (row) => whole(row.issued), plain: (row) => row.issued },
          { key: "used", head: t("redeemed"), number: true, cell: (row) => whole(row.used), plain: (row) => row.used ?? null },
          { key: "redeemed", head: t("spent"), number: true, cell: (row) => w.exact(row.redeemed), plain: (row) => row.redeemed },
          { key: "outstanding", head: t("may_still_cost"), number: true, cell: (row) => w.exact(row.outstanding), plain: (row) => row.outstanding },
          { key: "budget", head: t("budget"), number: true, cell: (row) => (row.budget === null ? t("no_limit") : w.exact(row.budget, 0)), plain: (row) => row.budget },
        ]} />
      </Section>
      <Section title={t("stock_title")} note={empty > 0 ? t("stock_empty", { n: empty }) : undefined}>
        <DataTable label={t("stock_title")} rows={data.products} id={(row) => row.sku} file="products" none={<Empty action={may("post /api/uploads") && <Go to="/data/new?kind=products">{t("import_products")}</Go>}>{t("stock_none")}</Empty>} columns={[
          { key: "product", head: t("product"), cell: (row) => row.product || row.sku, plain: (row) => row.product },
          { key: "sku", head: t("sku"), cell: (row) => row.sku, plain: (row) => row.sku },
          { key: "category", head: t("category"), cell: (row) => row.category || "–", plain: (row) => row.category },
          { key: "price", head: t("price"), number: true, cell: (row) => w.exact(row.price), plain: (row) => row.price },
          { key: "stock", head: t("stock"), number: true, cell: (row) => (row.stock === null ? "–" : row.stock <= 0 ? <Mark tone="red">{t("sold_out")}</Mark> : whole(row.stock)), plain: (row) => row.stock },
        ]} />
      </Section>
      {may("put /api/offers") && (
        <Section title={t("offers_own")}>
          <details><summary>{data.own ? t("offers_edit") : t("offers_begin")}</summary>
            <Input.TextArea aria-label={t("offers_own")} className="code source" rows={16} maxLength={60000} value={text} onChange={(e) => setText(e.target.value)} />
            {error && <Problem error={error} />}
            <div className="save-line"><Button type="primary" loading={busy} onClick={() => void run(async () => { await call("PUT", "/api/offers", { source: text }); reload(); })}>{t("save")}</Button></div>
          </details>
        </Section>
      )}
    </Page>
  );
}
