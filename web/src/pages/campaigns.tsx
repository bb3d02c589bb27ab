/// Campaigns; one of them at /campaigns/{id}.
import { Suspense, lazy } from "react";
import { part, useGet, type Schemas } from "../api";
import { Empty, Go, Loaded, Mark, Page, Waiting } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";

const One = lazy(() => import("./campaign"));
export const campaignTone: Record<string, string> = { running: "teal", paused: "amber", ended: "grey" };

export default function Campaigns({ at }: { at: string[] }) {
  return at[0] !== undefined ? <Suspense fallback={<Waiting lines={6} />}><One id={at[0]} /></Suspense> : <List />;
}

function List() {
  const { t, named, whole, moment, percent } = useWords();
  const { may } = useSession();
  const list = useGet<Schemas["CampaignList"]>("/api/campaigns");
  const launch = may("post /api/campaigns") ? <Go to="/journeys" primary>{t("campaign_launch")}</Go> : undefined;
  return (
    <Loaded from={list}>{(data) => {
      const running = data.campaigns.filter((one) => one.state === "running");
      const paused = data.campaigns.filter((one) => one.state === "paused").length;
      return (
        <Page title={t("menu_campaigns")} question={t("campaigns_question")} headline={data.campaigns.length === 0 ? t("campaigns_headline_none") : t("campaigns_headline", { n: running.length, customers: running.reduce((sum, one) => sum + one.on_the_way, 0) })}
          deck={paused > 0 ? t("campaigns_paused", { n: paused }) : undefined} how={{ text: t("campaigns_how"), doc: "docs/methods.md" }} next={launch}>
          <DataTable label={t("menu_campaigns")} rows={data.campaigns} id={(row) => row.id} to={(row) => `/campaigns/${part(row.id)}`} file="campaigns" none={<Empty>{t("campaigns_none")}</Empty>} columns={[
            { key: "journey", head: t("journey"), cell: (row) => row.journey, plain: (row) => row.journey },
            { key: "state", head: t("state"), cell: (row) => <><Mark tone={campaignTone[row.state] ?? "grey"}>{named("campaign_state", row.state)}</Mark>{row.pause_reason && <span className="cell-note">{row.pause_reason}</span>}</>, plain: (row) => row.state },
            { key: "launched_at", head: t("launched"), cell: (row) => moment(row.launched_at), plain: (row) => row.launched_at },
            { key: "on_the_way", head: t("on_the_way"), number: true, cell: (row) => whole(row.on_the_way), plain: (row) => row.on_the_way },
            { key: "finished", head: t("finished"), number: true, cell: (row) => whole(row.finished), plain: (row) => row.finished },
            { key: "controls", head: t("held_out"), number: true, cell: (row) => <>{whole(row.controls)}<span className="cell-note">{percent(row.holdout_share)}</span></>, plain: (row) => row.controls },
            { key: "version", head: t("version"), number: true, cell: (row) => row.version, plain: (row) => row.version },
          ]} />
        </Page>
      );
    }}</Loaded>
  );
}
