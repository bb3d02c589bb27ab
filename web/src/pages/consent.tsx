/// Who may be written to, by which rules, and the page customers choose on.
import { useState } from "react";
import { address, part, useGet, type Schemas } from "../api";
import { Empty, Go, Loaded, Mark, Page, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { languageNames, useWords } from "../words";

export default function Consent() {
  const w = useWords();
  const { t, named, whole, moment, percent, language } = w;
  const { may } = useSession();
  const consent = useGet<Schemas["Consent"]>("/api/consent", { lang: language });
  const [spoken, setSpoken] = useState<string>(language);
  const [phone, setPhone] = useState(false);
  return (
    <Loaded from={consent} lines={8}>{(data) => {
      const email = data.channels.find((one) => one.channel === "email") ?? data.channels[0];
      const free = email ? Math.max(0, email.addresses - email.opted_out - email.suppressed) : 0;
      return (
        <Page title={t("menu_consent")} question={t("consent_question")} headline={email ? t("consent_headline", { n: free, of: email.addresses, channel: named("page_channel", email.channel) }) : t("consent_headline_none")} deck={t("consent_deck")} how={{ text: t("consent_how"), doc: "docs/formats.md" }}
          next={!email && may("post /api/uploads") ? <Go to="/data/new?kind=customers" primary>{t("import_customers")}</Go> : undefined} more={may("post /api/uploads") ? <Go to="/data/new?kind=consents">{t("import_consents")}</Go> : undefined}>
          <div className="columns">
            <Section title={t("consent_channels")}>
              <DataTable label={t("consent_channels")} rows={data.channels} id={(row) => row.channel} file="consent" none={<Empty>{t("table_empty")}</Empty>} columns={[
                { key: "channel", head: t("channel"), cell: (row) => named("page_channel", row.channel), plain: (row) => row.channel },
                { key: "addresses", head: t("addresses"), number: true, cell: (row) => whole(row.addresses), plain: (row) => row.addresses },
                { key: "opted_out", head: t("said_no"), number: true, cell: (row) => <>{whole(row.opted_out)}<span className="cell-note">{percent(row.opted_out / Math.max(1, row.addresses))}</span></>, plain: (row) => row.opted_out },
                { key: "suppressed", head: t("suppressed"), number: true, cell: (row) => whole(row.suppressed), plain: (row) => row.suppressed },
              ]} />
            </Section>
            <Section title={t("consent_rules")}>
              <dl className="pairs">{data.rules.map((one) => <div key={one.rule}><dt>{one.rule}</dt><dd>{one.value}</dd></div>)}{data.topics.length > 0 && <div><dt>{t("topics")}</dt><dd>{w.list(data.topics)}</dd></div>}</dl>
            </Section>
          </div>
          <Section title={t("consent_lately")}>
            <DataTable label={t("consent_lately")} rows={data.lately} id={(_, i) => i} to={may("get /api/customers/{id}") ? (row) => `/customers/${part(row.customer_id)}` : undefined} file="consent-lately" none={<Empty>{t("consent_lately_none")}</Empty>} columns={[
              { key: "customer", head: t("customer"), cell: (row) => row.customer_id, plain: (row) => row.customer_id },
              { key: "at", head: t("when"), cell: (row) => moment(row.at), plain: (row) => row.at },
              { key: "granted", head: t("said"), cell: (row) => (row.granted ? <Mark tone="teal">{t("agreed")}</Mark> : <Mark tone="red">{t("refused")}</Mark>), plain: (row) => (row.granted ? 1 : 0) },
              { key: "channel", head: t("channel"), cell: (row) => (row.channel === "all" ? t("all_channels") : named("page_channel", row.channel)), plain: (row) => row.channel },
              { key: "topic", head: t("topics"), cell: (row) => row.topic || t("all_topics"), plain: (row) => row.topic },
              { key: "source", head: t("source"), cell: (row) => row.source, plain: (row) => row.source },
            ]} />
          </Section>
          <Section title={t("preference_look")} note={t("preference_note")}>
            <div className="filters">
              <label className="filter"><span>{t("language")}</span><select value={spoken} onChange={(e) => setSpoken(e.target.value)}>{languageNames.map(([id, name]) => <option key={id} value={id}>{name}</option>)}</select></label>
              <div className="chips" role="group" aria-label={t("letter_width")}><button type="button" className="chip" aria-pressed={!phone} onClick={() => setPhone(false)}>{t("desk")}</button><button type="button" className="chip" aria-pressed={phone} onClick={() => setPhone(true)}>{t("phone")}</button></div>
            </div>
            <iframe className={phone ? "letter-frame letter-phone" : "letter-frame"} sandbox="" title={t("preference_look")} src={address("/api/consent/page", { lang: spoken })} />
          </Section>
        </Page>
      );
    }}</Loaded>
  );
}
