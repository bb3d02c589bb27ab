/// What customers answer when they are asked: how many do, and what they say.
import { part, useGet, type Schemas } from "../api";
import { Empty, Figures, Go, Loaded, Page, Section } from "../parts/page";
import { DataTable } from "../parts/table";
import { useWords } from "../words";

type Share = Schemas["SurveyShare"];

export default function Surveys({ at }: { at: string[] }) {
  return at[0] !== undefined ? <One name={at[0]} /> : <All />;
}

function All() {
  const w = useWords();
  const { t, whole, language } = w;
  const list = useGet<{ surveys: Schemas["SurveyCounts"][] }>("/api/surveys", { lang: language });
  const rate = useRate();
  return (
    <Loaded from={list}>{(data) => {
      const invited = data.surveys.reduce((sum, one) => sum + one.invited, 0);
      const started = data.surveys.reduce((sum, one) => sum + one.started, 0);
      return (
        <Page title={t("menu_surveys")} question={t("surveys_question")} headline={invited === 0 ? t("surveys_headline_none") : t("surveys_headline", { n: started, of: invited })} deck={t("surveys_deck")} how={{ text: t("surveys_how"), doc: "docs/surveys.md" }}>
          <DataTable label={t("menu_surveys")} rows={data.surveys} id={(row) => row.survey} to={(row) => `/surveys/${part(row.survey)}`} file="surveys" none={<Empty>{t("table_empty")}</Empty>} columns={[
            { key: "title", head: t("survey"), cell: (row) => row.title, plain: (row) => row.title },
            { key: "invited", head: t("survey_invited"), number: true, cell: (row) => whole(row.invited), plain: (row) => row.invited },
            { key: "opened", head: t("survey_opened"), number: true, cell: (row) => whole(row.opened), plain: (row) => row.opened },
            { key: "started", head: t("survey_started"), number: true, cell: (row) => whole(row.started), plain: (row) => row.started },
            { key: "finished", head: t("survey_finished"), number: true, cell: (row) => whole(row.finished), plain: (row) => row.finished },
            { key: "rate", head: t("survey_rate"), number: true, cell: (row) => rate(row.response_rate), plain: (row) => row.response_rate.value ?? 0 },
          ]} />
        </Page>
      );
    }}</Loaded>
  );
}

/// A share with its interval; a dash where nobody was asked.
function useRate() {
  const { percent } = useWords();
  return (share: Share) => (share.value === null ? "–" : <>{percent(share.value)}<span className="cell-note">{percent(share.low)}–{percent(share.high)}</span></>);
}

function One({ name }: { name: string }) {
  const { t, whole, percent, language } = useWords();
  const rate = useRate();
  const results = useGet<Schemas["SurveyResults"]>(`/api/surveys/${part(name)}`, { lang: language });
  return (
    <Loaded from={results} lines={6}>{(data) => {
      const score = data.questions.find((one) => one.nps)?.nps;
      const points = (value: number) => `${value > 0 ? "+" : ""}${Math.round(100 * value)}`;
      return (
        <Page title={data.title} question={data.title} headline={score ? t("survey_headline_nps", { n: points(score.value), low: points(score.low), high: points(score.high) }) : data.started === 0 ? t("survey_headline_none") : t("survey_headline", { n: data.started, of: data.invited })}
          deck={t("survey_deck")} how={{ text: t("surveys_how"), doc: "docs/surveys.md" }} more={<Go to="/surveys">{t("menu_surveys")}</Go>}>
          <Figures items={[
            { name: t("survey_invited"), value: whole(data.invited) }, { name: t("survey_opened"), value: whole(data.opened) },
            { name: t("survey_started"), value: whole(data.started), note: data.response_rate.value === null ? undefined : `${percent(data.response_rate.value)} (${percent(data.response_rate.low)}–${percent(data.response_rate.high)})` },
            { name: t("survey_finished"), value: whole(data.finished) }]} />
          {data.questions.map((one) => (
            <Section key={one.question} title={one.text}>
              <p className="note">{t("survey_answers", { n: one.answers })}</p>
              {one.nps && <Figures items={[{ name: t("survey_promoters"), value: whole(one.nps.promoters) }, { name: t("survey_passives"), value: whole(one.nps.passives) }, { name: t("survey_detractors"), value: whole(one.nps.detractors) }]} />}
              {one.choices && <DataTable label={one.text} rows={one.choices} id={(row) => row.choice} file={`survey-${name}-${one.question}`} none={<Empty>{t("table_empty")}</Empty>} columns={[
                { key: "text", head: t("survey_choice"), cell: (row) => row.text, plain: (row) => row.text },
                { key: "count", head: t("survey_count"), number: true, cell: (row) => whole(row.count), plain: (row) => row.count },
                { key: "share", head: t("survey_share"), number: true, cell: (row) => rate(row.share), plain: (row) => row.share.value ?? 0 },
              ]} />}
              {!one.choices && !one.nps && one.answers > 0 && <p>{t("survey_words")} <Go to="/reasons">{t("menu_reasons")}</Go></p>}
            </Section>
          ))}
        </Page>
      );
    }}</Loaded>
  );
}
