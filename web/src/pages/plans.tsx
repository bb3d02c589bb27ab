/// Plans: the list, a new one, one of them.
import { Suspense, lazy } from "react";
import { useGet, part, type Schemas } from "../api";
import { Empty, Go, Loaded, Mark, Page, Waiting } from "../parts/page";
import { DataTable } from "../parts/table";
import { useSession } from "../session";
import { useWords } from "../words";

const New = lazy(() => import("./plan_new"));
const One = lazy(() => import("./plan"));
export const planTone: Record<string, string> = { made: "grey", approved: "blue", carried_out: "teal" };

export default function Plans({ at }: { at: string[] }) {
  if (at[0] === undefined) return <List />;
  return <Suspense fallback={<Waiting lines={6} />}>{at[0] === "new" ? <New /> : <One id={at[0]} />}</Suspense>;
}

function List() {
  const w = useWords();
  const { t, named, money, day, whole } = w;
  const { may } = useSession();
  const plans = useGet<Schemas["PlanList"]>("/api/plans");
  const create = may("post /api/plans") ? <Go to="/plans/new" primary>{t("plan_new")}</Go> : undefined;
  return (
    <Loaded from={plans}>{(data) => {
      const last = data.plans[0];
      return (
        <Page title={t("menu_plans")} question={t("plans_question")} headline={last ? t("plans_headline", { n: last.approached, profit: money(last.profit.mean), low: money(last.profit.p5), high: money(last.profit.p95) }) : t("plans_headline_none")}
          deck={last ? t("plans_deck", { day: day(last.as_of), held: last.held_out }) : t("plans_deck_none")} how={{ text: t("plan_how"), doc: "docs/methods.md" }} next={create}>
          <DataTable label={t("menu_plans")} rows={data.plans} id={(row) => row.plan} to={(row) => `/plans/${part(row.plan)}`} file="plans" none={<Empty>{t("plans_none")}</Empty>} columns={[
            { key: "plan", head: t("plan"), cell: (row) => row.plan, plain: (row) => row.plan },
            { key: "state", head: t("state"), cell: (row) => <Mark tone={planTone[row.state] ?? "grey"}>{named("plan_state", row.state)}</Mark>, plain: (row) => row.state },
            { key: "as_of", head: t("made_for"), cell: (row) => day(row.as_of), plain: (row) => row.as_of },
            { key: "where", head: t("who_for"), cell: (row) => (row.where ? <code>{row.where}</code> : t("all_lapsed")), plain: (row) => row.where },
            { key: "budget", head: t("budget"), number: true, cell: (row) => (row.budget === null ? t("no_limit") : w.exact(row.budget, 0)), plain: (row) => row.budget },
            { key: "approached", head: t("approached"), number: true, cell: (row) => whole(row.approached), plain: (row) => row.approached },
            { key: "held_out", head: t("held_out"), number: true, cell: (row) => whole(row.held_out), plain: (row) => row.held_out },
            { key: "profit", head: t("expected_profit"), number: true, cell: (row) => <>{w.exact(row.profit.mean, 0)}<span className="cell-note">{w.exact(row.profit.p5, 0)} … {w.exact(row.profit.p95, 0)}</span></>, plain: (row) => row.profit.mean },
          ]} />
        </Page>
      );
    }}</Loaded>
  );
}
