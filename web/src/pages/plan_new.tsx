/// A new plan: how much money, which margin, for whom.
import { Button, Input, InputNumber } from "antd";
import { useEffect, useState } from "react";
import { call, part, useAction, useGet, useJob, type Schemas } from "../api";
import { Assumed, Page, Problem } from "../parts/page";
import { JobProgress } from "../parts/progress";
import { go, usePlace } from "../router";
import { useSession } from "../session";
import { sign } from "../format";
import { useWords } from "../words";

export default function NewPlan() {
  const w = useWords();
  const { t, money } = w;
  const { session, may } = useSession();
  const place = usePlace();
  const settings = useGet<Schemas["Settings"]>(may("get /api/settings") ? "/api/settings" : null);
  const [unlimited, setUnlimited] = useState(false);
  const [budget, setBudget] = useState<number | null>(3000);
  const [margin, setMargin] = useState<number | null>(null);
  const [preset, setPreset] = useState<"shop" | "articles">("shop");
  const [where, setWhere] = useState(place.query.get("where") ?? "");
  const [job, setJob] = useState<string | null>(null);
  const { busy, error, run } = useAction();
  const count = useGet<Schemas["SegmentList"]>("/api/segments");
  const watched = useJob(job, (done) => {
    const plan = (done.result as { plan?: string } | undefined)?.plan;
    if (done.state === "done" && plan) go(`/plans/${part(plan)}`, true);
  });
  useEffect(() => {
    if (settings.data && margin === null) setMargin(Math.round(settings.data.margin * 1000) / 10);
  }, [settings.data, margin]);
  const lapsed = count.data?.segments.filter((one) => one.kind === "stage" && ["lapsed_light", "lapsed_heavy", "lost"].includes(one.name)).reduce((sum, one) => sum + (one.customers ?? 0), 0);
  const failed = watched.job?.state === "failed";
  return (
    <Page title={t("plan_new")} question={t("plan_new_question")} headline={lapsed ? t("plan_new_headline", { n: lapsed }) : t("plan_new_headline_none")} deck={t("plan_new_deck")} how={{ text: t("plan_how"), doc: "docs/methods.md" }}>
      {job && !failed ? <JobProgress {...watched} /> : (
        <form className="form" onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const request: Schemas["PlanRequest"] = { budget: unlimited ? null : budget, margin: margin === null ? null : margin / 100, preset, ...(where.trim() ? { where: where.trim() } : {}) };
            setJob((await call<Schemas["Job"]>("POST", "/api/plans", request)).id);
          });
        }}>
          <div className="field">
            <label htmlFor="budget">{t("budget")}</label>
            <InputNumber id="budget" min={0} value={unlimited ? null : budget} disabled={unlimited} onChange={setBudget} addonBefore={sign(w.language, session.workspace.currency).trim() || undefined} controls={false} />
            <label className="check"><input type="checkbox" checked={unlimited} onChange={(e) => setUnlimited(e.target.checked)} /> {t("budget_none")}</label>
            <p className="note">{unlimited ? t("budget_none_hint") : t("budget_hint", { money: money(budget ?? 0) })}</p>
          </div>
          <div className="field">
            <label htmlFor="margin">{t("margin")} {settings.data?.margin_assumed && <Assumed why={t("margin_assumed_how")} />}</label>
            <InputNumber id="margin" min={0.1} max={100} value={margin} onChange={setMargin} addonAfter="%" controls={false} />
            <p className="note">{t("margin_hint")}</p>
          </div>
          <fieldset className="field">
            <legend>{t("preset")}</legend>
            {(["shop", "articles"] as const).map((one) => <label key={one} className="check"><input type="radio" name="preset" checked={preset === one} onChange={() => setPreset(one)} /> <span>{one === "shop" ? t("preset_shop") : t("preset_articles")}<span className="note">{one === "shop" ? t("preset_shop_hint") : t("preset_articles_hint")}</span></span></label>)}
          </fieldset>
          <div className="field">
            <label htmlFor="where">{t("plan_where")}</label>
            <Input id="where" className="code" value={where} onChange={(e) => setWhere(e.target.value)} placeholder="country = Germany and spend >= 100" />
            <p className="note">{t("plan_where_hint")}</p>
          </div>
          {error && <Problem error={error} />}
          {failed && <JobProgress {...watched} />}
          <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!unlimited && budget === null}>{t("plan_make")}</Button>
        </form>
      )}
    </Page>
  );
}
