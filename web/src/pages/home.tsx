/// What did win-back earn, who is slipping, what to do today.
import { Button } from "antd";
import { call, useAction, useGet, useJob, type Schemas } from "../api";
import { Empty, Go, Link, Loaded, Mark, Page, Problem, Section } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { DataTable } from "../parts/table";
import { useState } from "react";
import { go, within } from "../router";
import { useSession } from "../session";
import { useWords, type Key } from "../words";

type HomeData = Schemas["Home"];
type Todo = HomeData["todo"][number];

const todoWords: Record<Todo["kind"], Key> = {
  import_data: "todo_import_data", analyze: "todo_analyze", make_plan: "todo_make_plan", approve_plan: "todo_approve_plan", launch_plan: "todo_launch_plan",
  results_ready: "todo_results_ready", tasks_open: "todo_tasks_open", tasks_overdue: "todo_tasks_overdue", campaign_paused: "todo_campaign_paused",
  in_doubt: "todo_in_doubt", set_up_mail: "todo_set_up_mail", rejects: "todo_rejects", fix_reason: "todo_fix_reason",
};
const urgent = new Set<Todo["kind"]>(["tasks_overdue", "campaign_paused", "in_doubt"]);

export default function Home() {
  const { language } = useWords();
  const home = useGet<HomeData>("/api/home", { lang: language });
  return <Loaded from={home} lines={8}>{(data) => <Told data={data} reload={home.reload} />}</Loaded>;
}

function Told({ data, reload }: { data: HomeData; reload: () => void }) {
  const w = useWords();
  const { t, named, money, percent, day, whole } = w;
  const { may } = useSession();
  const earned = data.earned;
  const headline = earned === null ? (data.as_of === null ? t("home_headline_start") : t("home_headline_nothing_yet"))
    : earned.proven && earned.low > 0 ? t("home_headline_proven", { value: money(earned.value), low: money(earned.low), sure: percent(earned.confidence) })
    : earned.proven ? t("home_headline_loss", { value: money(earned.value), high: money(earned.high), sure: percent(earned.confidence) })
    : t("home_headline_open", { value: money(earned.value), low: money(earned.low), high: money(earned.high), sure: percent(earned.confidence) });
  const deck = earned ? t("home_deck", { campaigns: earned.campaigns, from: day(earned.from), until: day(earned.until) }) : data.as_of === null ? t("home_deck_start") : t("home_deck_nothing_yet");
  const first = data.todo[0];
  return (
    <Page title={t("menu_home")} question={t("home_question")} headline={headline} deck={deck} how={{ text: t("home_how"), doc: "docs/methods.md" }}
      next={data.as_of === null ? (may("post /api/uploads") ? <Go to="/data/new" primary>{t("home_bring_orders")}</Go> : null) : first ? <Go to={within(first.link)} primary>{named("todo_button", first.kind)}</Go> : undefined}>
      {data.campaigns.length > 0 && earned && <EarnedBars data={data} />}
      <div className="columns">
        <Section title={t("home_todo")}>
          {data.todo.length === 0 ? <Empty>{t("home_todo_none")}</Empty> : (
            <ol className="todo">
              {data.todo.map((item, i) => (
                <li key={i}>
                  <Link to={within(item.link)}>
                    <span className="todo-say">{t(todoWords[item.kind], { n: item.count, subject: item.kind === "fix_reason" ? named("cause", item.subject) : item.subject })}</span>
                    {item.money != null && <span className="todo-money">{money(item.money)}</span>}
                    {urgent.has(item.kind) && <Mark tone="red">{t("urgent")}</Mark>}
                  </Link>
                </li>
              ))}
            </ol>
          )}
        </Section>
        <Section title={data.slipping.source === "none" ? t("home_slipping_unknown") : t("home_slipping", { n: data.slipping.customers, money: money(data.slipping.at_stake) })}
          how={{ text: data.slipping.source === "churn" ? t("home_slipping_how_churn") : t("home_slipping_how_stages"), doc: "docs/methods-churn.md" }}>
          {data.slipping.source === "none" ? (
            data.as_of === null ? <Empty>{t("home_slipping_after")}</Empty> : <Forecast done={reload} />
          ) : (
            <DataTable label={t("home_slipping_table")} rows={data.slipping.top} id={(row) => row.customer_id} to={may("get /api/customers/{id}") ? (row) => `/customers/${encodeURIComponent(row.customer_id)}` : undefined} file="slipping" columns={[
              { key: "customer", head: t("customer"), cell: (row) => row.customer_id, plain: (row) => row.customer_id },
              { key: "at_stake", head: t("at_stake"), number: true, cell: (row) => w.exact(row.at_stake, 0), plain: (row) => row.at_stake },
              { key: "chance", head: t("chance_leaving"), number: true, cell: (row) => percent(row.chance), plain: (row) => row.chance },
              { key: "silent_days", head: t("silent_days"), number: true, cell: (row) => whole(row.silent_days), plain: (row) => row.silent_days },
              { key: "reason", head: t("why"), wide: true, cell: (row) => row.reason, plain: (row) => row.reason },
            ]} />
          )}
        </Section>
      </div>
    </Page>
  );
}

/// Begins a forecast (or the analysis before it).
function Forecast({ done }: { done: () => void }) {
  const { t } = useWords();
  const { may } = useSession();
  const { busy, error, run } = useAction();
  const [job, setJob] = useState<string | null>(null);
  const watched = useJob(job, (over) => over.state === "done" && done());
  if (job) return <JobProgress {...watched} />;
  return (
    <Empty action={may("post /api/jobs") && <Button loading={busy} onClick={() => void run(async () => setJob((await call<Schemas["Job"]>("POST", "/api/jobs", { kind: "churn" })).id))}>{t("home_forecast_button")}</Button>}>
      {t("home_forecast_none")}{error && <Problem error={error} />}
    </Empty>
  );
}

/// Each campaign's gain with its interval, on one scale with zero drawn.
function EarnedBars({ data }: { data: HomeData }) {
  const w = useWords();
  const { t, money, moneys, named } = w;
  const shown = data.campaigns.filter((one) => one.value !== null && one.low !== null && one.high !== null);
  const low = Math.min(0, ...shown.map((one) => one.low!));
  const high = Math.max(0, ...shown.map((one) => one.high!));
  const at = (value: number) => (high === low ? 0 : ((value - low) / (high - low)) * 100);
  return (
    <Section title={t("home_earned_title")} how={{ text: t("home_earned_how"), doc: "docs/methods.md" }}>
      <ul className="ranges">
        {data.campaigns.map((one) => (
          <li key={one.id}>
            <button type="button" className="range-name" onClick={() => go(`/campaigns/${encodeURIComponent(one.id)}`)}>{one.name}</button>
            {one.value === null ? <span className="note">{t("no_comparison_yet")}</span> : (
              <>
                <svg className="range" viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label={t("range_alt", { value: money(one.value), range: moneys(one.low, one.high) })}>
                  <line x1={at(0)} x2={at(0)} y1="0" y2="16" className="range-zero" />
                  <rect x={at(one.low!)} width={Math.max(0.5, at(one.high!) - at(one.low!))} y="5" height="6" className={one.proven ? "range-band sure" : "range-band"} />
                  <rect x={at(one.value) - 0.4} width="0.8" y="1" height="14" className="range-value" />
                </svg>
                <span className="range-say"><b>{money(one.value)}</b> <span className="note">{moneys(one.low, one.high)}</span> {one.proven ? <Mark tone="teal">{t("proven")}</Mark> : <Mark tone="grey">{t("not_proven")}</Mark>}{one.state !== "running" && <span className="note"> {named("campaign_state", one.state)}</span>}</span>
              </>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
