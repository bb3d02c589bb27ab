/// Settings: the shop, people, keys, one's own account, the audit log.
import { Button, Input, InputNumber } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { call, get, part, useAction, useGet, type CallError, type Schemas } from "../api";
import { Dialog } from "../parts/dialog";
import { Empty, Link, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { usePlace } from "../router";
import { roles, useSession, type Role } from "../session";
import { useWords, type Key } from "../words";

type User = Schemas["User"];
type ApiKey = Schemas["Key"];
type Other = Schemas["OwnSession"];
type Entry = Schemas["AuditEntry"];

const tabs: { id: string; name: Key; route: string | null }[] = [
  { id: "shop", name: "tab_shop", route: "get /api/settings" }, { id: "people", name: "tab_people", route: "get /api/users" }, { id: "keys", name: "tab_keys", route: "get /api/keys" },
  { id: "audit", name: "tab_audit", route: "get /api/audit" }, { id: "me", name: "tab_me", route: null },
];

export default function Settings() {
  const { t } = useWords();
  const { may } = useSession();
  const place = usePlace();
  const open = tabs.filter((one) => one.route === null || may(one.route));
  const tab = open.find((one) => one.id === place.query.get("tab"))?.id ?? open[0]?.id ?? "me";
  const bar = <nav className="tabs" aria-label={t("menu_settings")}>{open.map((one) => <Link key={one.id} to={`/settings?tab=${one.id}`} current={one.id === tab}>{t(one.name)}</Link>)}</nav>;
  return tab === "shop" ? <Shop bar={bar} /> : tab === "people" ? <People bar={bar} /> : tab === "keys" ? <Keys bar={bar} /> : tab === "audit" ? <Audit bar={bar} /> : <Me bar={bar} />;
}

function Shop({ bar }: { bar: ReactNode }) {
  const { language } = useWords();
  const settings = useGet<Schemas["Settings"]>("/api/settings", { lang: language });
  return <Loaded from={settings} lines={8}>{(data) => <ShopForm data={data} bar={bar} />}</Loaded>;
}

function ShopForm({ data, bar }: { data: Schemas["Settings"]; bar: ReactNode }) {
  const { t, named, money } = useWords();
  const { may, refresh } = useSession();
  const [now, setNow] = useState(data);
  const [saved, setSaved] = useState(false);
  const { busy, error, run } = useAction();
  const mine = may("patch /api/settings");
  const set = (part: Partial<Schemas["Settings"]>) => { setSaved(false); setNow({ ...now, ...part }); };
  const shop = (part: Partial<Schemas["Settings"]["shop"]>) => set({ shop: { ...now.shop, ...part } });
  const line = (key: Key, value: string, change: (text: string) => void, type = "text") => <label className="field">{t(key)}<Input value={value} type={type} disabled={!mine} onChange={(e) => change(e.target.value)} /></label>;
  return (
    <Page title={t("menu_settings")} question={t("settings_question")} headline={now.to_do.length === 0 ? t("settings_headline_ready") : t("settings_headline", { n: now.to_do.length })}>
      {bar}
      {now.to_do.length > 0 && <ul className="problems">{now.to_do.map((one) => <li key={one}>{one}</li>)}</ul>}
      <form className="form" onSubmit={(e) => {
        e.preventDefault();
        void run(async () => {
          const change: Schemas["SettingsChange"] = { business: now.business, zone: now.zone, margin: now.margin, language: now.language, public_url: now.public_url, approval_above: now.approval_above, shop: now.shop };
          setNow(await call<Schemas["Settings"]>("PATCH", "/api/settings", change));
          setSaved(true);
          await refresh();
        });
      }}>
        {line("shop_name", now.shop.name, (name) => shop({ name }))}
        {line("shop_address", now.shop.address, (address) => shop({ address }))}
        {line("shop_url", now.shop.url, (url) => shop({ url }), "url")}
        {line("email", now.shop.email, (email) => shop({ email }), "email")}
        {line("shop_phone", now.shop.phone, (phone) => shop({ phone }), "tel")}
        <label className="field">{t("business")}<select value={now.business} disabled={!mine} onChange={(e) => set({ business: e.target.value })}>{now.businesses.map((one) => <option key={one} value={one}>{named("business", one)}</option>)}</select></label>
        <div className="field"><label htmlFor="set-margin">{t("margin")} {now.margin_assumed && <span className="assumed-mark">{t("assumed")}</span>}</label><InputNumber id="set-margin" min={0.1} max={100} value={Math.round(now.margin * 1000) / 10} disabled={!mine} addonAfter="%" controls={false} onChange={(value) => set({ margin: (value ?? 40) / 100, margin_assumed: false })} /></div>
        <div className="field"><label htmlFor="set-approval">{t("approval_above")}</label><InputNumber id="set-approval" min={0} value={now.approval_above} disabled={!mine} controls={false} onChange={(value) => set({ approval_above: value })} /><p className="note">{now.approval_above === null ? t("approval_never") : t("approval_hint", { money: money(now.approval_above) })}</p></div>
        <label className="field">{t("letters_language")}<select value={now.language} disabled={!mine} onChange={(e) => set({ language: e.target.value })}>{[["en", "English"], ["zh-CN", "简体中文"], ["zh-TW", "繁體中文"]].map(([id, name]) => <option key={id} value={id}>{name}</option>)}</select></label>
        {line("zone", now.zone, (zone) => set({ zone }))}
        {line("public_url", now.public_url, (public_url) => set({ public_url }), "url")}
        <dl className="pairs"><div><dt>{t("currency")}</dt><dd>{now.currency}</dd></div><div><dt>{t("jurisdiction")}</dt><dd>{now.jurisdiction || "–"}</dd></div><div><dt>{t("mail_from")}</dt><dd>{now.mail.from || "–"}</dd></div><div><dt>SMTP</dt><dd>{now.mail.smtp || "–"} {now.mail.ready ? <Mark tone="teal">{t("ready")}</Mark> : <Mark tone="amber">{t("not_ready")}</Mark>}</dd></div></dl>
        <p className="note">{t("settings_file")}</p>
        {error && <Problem error={error} />}
        {mine && <p><Button type="primary" htmlType="submit" loading={busy}>{t("save")}</Button> <span role="status">{saved ? t("saved") : ""}</span></p>}
      </form>
    </Page>
  );
}

/// A link or key that is shown once.
function Once({ title, text, note, close }: { title: string; text: string; note: string; close: () => void }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  return (
    <Dialog open title={title} close={close}>
      <p>{note}</p>
      <p><code className="once">{text}</code></p>
      <div className="dialog-foot"><Button type="primary" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false))}>{copied ? t("copied") : t("copy")}</Button><Button onClick={close}>{t("close")}</Button></div>
    </Dialog>
  );
}

function People({ bar }: { bar: ReactNode }) {
  const { t, named, moment } = useWords();
  const { session } = useSession();
  const users = useGet<{ users: User[] }>("/api/users");
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("marketer");
  const [link, setLink] = useState("");
  const { busy, error, run } = useAction();
  const change = (id: number, part_: Partial<User>) => void run(async () => { await call("PATCH", `/api/users/${part(id)}`, part_); users.reload(); });
  return (
    <Loaded from={users}>{(data) => (
      <Page title={t("tab_people")} question={t("people_question")} headline={t("people_headline", { n: data.users.filter((one) => one.state === "active").length })} deck={t("people_deck")} next={<Button type="primary" onClick={() => setOpen(true)}>{t("invite")}</Button>}>
        {bar}
        {error && !open && <Problem error={error} />}
        <DataTable label={t("tab_people")} rows={data.users} id={(row) => row.id} file="people" columns={[
          { key: "name", head: t("name"), cell: (row) => <b>{row.name || row.email}</b>, plain: (row) => row.name },
          { key: "email", head: t("email"), cell: (row) => row.email, plain: (row) => row.email },
          { key: "role", head: t("role"), cell: (row) => row.id === session.user.id ? named("role", row.role) : <select aria-label={t("role_of", { name: row.name || row.email })} value={row.role} onChange={(e) => change(row.id, { role: e.target.value as Role })}>{roles.map((one) => <option key={one} value={one}>{named("role", one)}</option>)}</select>, plain: (row) => row.role },
          { key: "state", head: t("state"), cell: (row) => <Mark tone={row.state === "active" ? "teal" : "grey"}>{named("user_state", row.state)}</Mark>, plain: (row) => row.state },
          { key: "seen", head: t("last_seen"), cell: (row) => moment(row.last_seen_at), plain: (row) => row.last_seen_at },
          { key: "do", head: <span className="unseen">{t("change")}</span>, cell: (row) => row.id === session.user.id ? null : <span className="row-actions"><Button size="small" onClick={() => void run(async () => setLink((await call<{ link: string }>("POST", `/api/users/${part(row.id)}/link`)).link))}>{t("new_link")}</Button><Button size="small" onClick={() => change(row.id, { state: row.state === "disabled" ? "active" : "disabled" })}>{row.state === "disabled" ? t("let_in") : t("shut_out")}</Button></span> },
        ]} />
        <Section title={t("roles_title")}><dl className="pairs">{roles.map((one) => <div key={one}><dt>{named("role", one)}</dt><dd>{named("role_may", one)}</dd></div>)}</dl></Section>
        <Dialog open={open} title={t("invite")} close={() => setOpen(false)}>
          <form onSubmit={(e) => { e.preventDefault(); void run(async () => { const made = await call<{ link: string }>("POST", "/api/users", { email, name, role }); setOpen(false); setLink(made.link); setEmail(""); setName(""); users.reload(); }); }}>
            <label className="field">{t("name")}<Input required value={name} onChange={(e) => setName(e.target.value)} /></label>
            <label className="field">{t("email")}<Input required type="email" value={email} onChange={(e) => setEmail(e.target.value)} /></label>
            <label className="field">{t("role")}<select value={role} onChange={(e) => setRole(e.target.value as Role)}>{roles.map((one) => <option key={one} value={one}>{named("role", one)}</option>)}</select></label>
            <p className="note">{named("role_may", role)}</p>
            {error && <Problem error={error} />}
            <div className="dialog-foot"><Button onClick={() => setOpen(false)}>{t("cancel")}</Button><Button type="primary" htmlType="submit" loading={busy}>{t("invite")}</Button></div>
          </form>
        </Dialog>
        {link && <Once title={t("link_title")} text={link} note={t("link_note")} close={() => setLink("")} />}
      </Page>
    )}</Loaded>
  );
}

function Keys({ bar }: { bar: ReactNode }) {
  const { t, named, has, moment } = useWords();
  const keys = useGet<{ keys: ApiKey[]; scopes: string[] }>("/api/keys");
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [made, setMade] = useState("");
  const { busy, error, run } = useAction();
  return (
    <Loaded from={keys}>{(data) => (
      <Page title={t("tab_keys")} question={t("keys_question")} headline={t("keys_headline", { n: data.keys.filter((one) => one.revoked_at === null).length })} deck={t("keys_deck")} next={<Button type="primary" onClick={() => setOpen(true)}>{t("make_key")}</Button>}>
        {bar}
        <DataTable label={t("tab_keys")} rows={data.keys} id={(row) => row.id} none={<Empty>{t("keys_none")}</Empty>} columns={[
          { key: "name", head: t("key_name"), cell: (row) => <b>{row.name}</b> },
          { key: "scopes", head: t("scopes"), cell: (row) => <code>{row.scopes.join(" ")}</code> },
          { key: "created", head: t("created"), cell: (row) => moment(row.created_at) },
          { key: "used", head: t("last_used"), cell: (row) => (row.last_used_at ? moment(row.last_used_at) : t("never")) },
          { key: "do", head: <span className="unseen">{t("change")}</span>, cell: (row) => row.revoked_at ? <Mark tone="grey">{t("revoked")}</Mark> : <Button size="small" danger onClick={() => { if (window.confirm(t("revoke_ask", { name: row.name }))) void run(async () => { await call("DELETE", `/api/keys/${part(row.id)}`); keys.reload(); }); }}>{t("revoke")}</Button> },
        ]} />
        <Dialog open={open} title={t("make_key")} close={() => setOpen(false)}>
          <form onSubmit={(e) => { e.preventDefault(); void run(async () => { const answer = await call<{ key: string }>("POST", "/api/keys", { name, scopes: chosen }); setOpen(false); setMade(answer.key); setName(""); keys.reload(); }); }}>
            <label className="field">{t("key_name")}<Input required value={name} onChange={(e) => setName(e.target.value)} placeholder="website" /></label>
            <fieldset className="field"><legend>{t("scopes")}</legend>{data.scopes.map((one) => <label className="check" key={one}><input type="checkbox" checked={chosen.includes(one)} onChange={(e) => setChosen(e.target.checked ? [...chosen, one] : chosen.filter((other) => other !== one))} /> <span><code>{one}</code>{has(`scope_${one.replace(":", "_")}`) && <span className="note">{named("scope", one.replace(":", "_"))}</span>}</span></label>)}</fieldset>
            {error && <Problem error={error} />}
            <div className="dialog-foot"><Button onClick={() => setOpen(false)}>{t("cancel")}</Button><Button type="primary" htmlType="submit" loading={busy} disabled={chosen.length === 0}>{t("make_key")}</Button></div>
          </form>
        </Dialog>
        {made && <Once title={t("key_title")} text={made} note={t("key_note")} close={() => setMade("")} />}
      </Page>
    )}</Loaded>
  );
}

function Me({ bar }: { bar: ReactNode }) {
  const { t, moment, named, language } = useWords();
  const { session, refresh } = useSession();
  const others = useGet<{ sessions: Other[] }>("/api/session/others");
  const [name, setName] = useState(session.user.name);
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [saved, setSaved] = useState<"" | "name" | "password">("");
  const naming = useAction();
  const passing = useAction();
  const ending = useAction();
  return (
    <Page title={t("tab_me")} question={t("my_account")} headline={t("me_headline", { name: session.user.name || session.user.email, role: named("role", session.user.role) })} deck={session.user.email}>
      {bar}
      <div className="columns">
        <Section title={t("profile")}>
          <form className="form" onSubmit={(e) => { e.preventDefault(); void naming.run(async () => { await call("PUT", "/api/session/profile", { name, language, theme: window.localStorage.getItem("theme") ?? "system" }); setSaved("name"); await refresh(); }); }}>
            <label className="field">{t("name")}<Input value={name} required onChange={(e) => setName(e.target.value)} autoComplete="name" /></label>
            {naming.error && <Problem error={naming.error} />}
            <Button htmlType="submit" loading={naming.busy}>{t("save")}</Button> <span role="status">{saved === "name" ? t("saved") : ""}</span>
          </form>
        </Section>
        <Section title={t("change_password")}>
          <form className="form" onSubmit={(e) => { e.preventDefault(); if (next === again) void passing.run(async () => { await call("PUT", "/api/session/password", { old, new: next }); setOld(""); setNext(""); setAgain(""); setSaved("password"); await refresh(); others.reload(); }); }}>
            <label className="field">{t("password_old")}<Input.Password required value={old} autoComplete="current-password" onChange={(e) => setOld(e.target.value)} /></label>
            <label className="field">{t("password_new")}<Input.Password required minLength={12} value={next} autoComplete="new-password" onChange={(e) => setNext(e.target.value)} /></label>
            <label className="field">{t("password_again")}<Input.Password required value={again} autoComplete="new-password" onChange={(e) => setAgain(e.target.value)} /></label>
            <p className="note">{t("password_hint")} {t("password_ends")}</p>
            {again !== "" && next !== again && <p className="wrong" role="alert">{t("password_differs")}</p>}
            {passing.error && <Problem error={passing.error} />}
            <Button htmlType="submit" loading={passing.busy} disabled={next !== again}>{t("change_password")}</Button> <span role="status">{saved === "password" ? t("saved") : ""}</span>
          </form>
        </Section>
      </div>
      <Section title={t("sessions_title")}>
        {ending.error && <Problem error={ending.error} />}
        <Loaded from={others}>{(data) => <DataTable label={t("sessions_title")} rows={data.sessions} id={(row) => row.id} columns={[
          { key: "agent", head: t("browser"), cell: (row) => <>{row.agent} {row.current && <Mark tone="teal">{t("this_one")}</Mark>}</> },
          { key: "address", head: t("address"), cell: (row) => row.address },
          { key: "seen", head: t("last_seen"), cell: (row) => moment(row.last_seen_at) },
          { key: "created", head: t("signed_in_at"), cell: (row) => moment(row.created_at) },
          { key: "do", head: <span className="unseen">{t("end_session")}</span>, cell: (row) => row.current ? null : <Button size="small" onClick={() => void ending.run(async () => { await call("DELETE", `/api/session/others/${part(row.id)}`); others.reload(); })}>{t("end_session")}</Button> },
        ]} />}</Loaded>
      </Section>
    </Page>
  );
}

function Audit({ bar }: { bar: ReactNode }) {
  const { t, moment } = useWords();
  const [entries, setEntries] = useState<Entry[]>([]);
  const [next, setNext] = useState<number | null>(null);
  const [busy, setBusy] = useState(true);
  const [error, setError] = useState<CallError | null>(null);
  const load = (before: number | null) => {
    setBusy(true);
    setError(null);
    get<{ entries: Entry[]; next: number | null }>("/api/audit", { before, limit: 100 }).then(
      (page) => { setEntries((old) => (before === null ? page.entries : [...old, ...page.entries])); setNext(page.next); setBusy(false); },
      (problem: CallError) => { setError(problem); setBusy(false); });
  };
  useEffect(() => load(null), []);
  return (
    <Page title={t("tab_audit")} question={t("audit_question")} headline={t("audit_headline")} deck={t("audit_deck")}>
      {bar}
      {error && <Problem error={error} again={() => load(null)} />}
      <DataTable label={t("tab_audit")} rows={entries} id={(row) => row.id} busy={busy} file="audit" more={next !== null && !busy ? () => load(next) : null} columns={[
        { key: "at", head: t("when"), cell: (row) => moment(row.at), plain: (row) => row.at },
        { key: "who", head: t("who"), cell: (row) => row.who || "–", plain: (row) => row.who },
        { key: "action", head: t("did"), cell: (row) => <code>{row.action}</code>, plain: (row) => row.action },
        { key: "object", head: t("with_what"), cell: (row) => row.object || "–", plain: (row) => row.object },
        { key: "detail", head: t("detail"), wide: true, cell: (row) => row.detail || "–", plain: (row) => row.detail },
        { key: "result", head: t("outcome"), cell: (row) => row.result, plain: (row) => row.result },
        { key: "address", head: t("address"), cell: (row) => row.address, plain: (row) => row.address },
      ]} />
    </Page>
  );
}
