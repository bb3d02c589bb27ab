/// Every way messages leave: whether it works, whom it reaches, what became of its messages.
import { Button } from "antd";
import { useState } from "react";
import { call, part, useAction, useGet, type Schemas } from "../api";
import { Empty, Figures, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { useSession } from "../session";
import { useWords } from "../words";

type Channel = Schemas["ChannelList"]["channels"][number];

export default function Channels() {
  const { t, named } = useWords();
  const list = useGet<Schemas["ChannelList"]>("/api/channels");
  return (
    <Loaded from={list} lines={6}>{(data) => {
      const up = data.channels.filter((one) => one.set_up);
      const down = up.filter((one) => one.trouble !== "");
      const rest = data.channels.filter((one) => !one.set_up);
      return (
        <Page title={t("menu_channels")} question={t("channels_question")} headline={down.length > 0 ? t("channels_headline_trouble", { n: down.length, of: up.length }) : t("channels_headline", { n: up.length })}
          deck={t("channels_deck", { days: data.days })} how={{ text: t("channels_how"), doc: "docs/channels.md" }}>
          {up.length === 0 ? <Empty>{t("channels_none")}</Empty> : [...down, ...up.filter((one) => one.trouble === "")].map((one) => <One key={one.channel} channel={one} />)}
          {rest.length > 0 && <Section title={t("channels_rest")}><p>{rest.map((one) => named("page_channel", one.channel)).join(" · ")}</p><p className="note">{t("channels_rest_how")}</p></Section>}
        </Page>
      );
    }}</Loaded>
  );
}

function One({ channel }: { channel: Channel }) {
  const { t, named, whole, percent, moment } = useWords();
  const { may } = useSession();
  const [said, setSaid] = useState<{ fine: boolean; problem: string } | null>(null);
  const { busy, error, run } = useAction();
  const free = Math.max(0, channel.addresses - channel.opted_out - channel.suppressed);
  return (
    <Section title={`${named("page_channel", channel.channel)}${channel.providers.length > 0 ? ` · ${channel.providers.join(", ")}` : ""}`}>
      <p>
        {channel.trouble === "" ? <Mark tone="teal">{t("channel_works")}</Mark> : <Mark tone="red">{t("channel_trouble")}</Mark>} {channel.trouble}
        {channel.trouble_since && <span className="note"> {t("channel_since", { at: moment(channel.trouble_since) })}</span>}
        {channel.trouble !== "" && <span className="note"> {t("channel_waits")}</span>}
      </p>
      <Figures items={[
        ...(channel.channel === "in_app" ? [] : [{ name: t("channel_reach"), value: whole(free), note: t("channel_reach_note", { n: channel.addresses }) }]),
        { name: t("channel_accepted"), value: whole(channel.accepted) },
        { name: t("channel_rejected"), value: whole(channel.rejected) },
        { name: t("channel_doubt"), value: whole(channel.in_doubt), note: channel.in_doubt > 0 ? t("channel_doubt_note") : undefined },
        { name: t("channel_reacted"), value: channel.accepted === 0 ? "–" : percent(channel.reacted / channel.accepted), note: t("channel_reacted_note", { n: channel.reacted }) },
      ]} />
      {channel.refusals.length > 0 && <ul className="plain">{channel.refusals.map((one) => <li key={one.why}><span className="note">{t("channel_refused", { n: one.messages })}</span> {one.why}</li>)}</ul>}
      {channel.next_due && <p className="note">{t("channel_next", { at: moment(channel.next_due) })}</p>}
      {channel.channel !== "in_app" && may("post /api/channels/{name}/ask") && (
        <p>
          <Button loading={busy} onClick={() => void run(async () => setSaid(await call("POST", `/api/channels/${part(channel.channel)}/ask`, {})))}>{t("channel_ask")}</Button>{" "}
          <span role="status">{said && (said.fine ? t("channel_asked_fine") : said.problem)}</span>
        </p>
      )}
      {error && <Problem error={error} />}
    </Section>
  );
}
