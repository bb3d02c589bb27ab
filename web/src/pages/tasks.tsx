/// What people have to do, earliest deadline first.
import { Button, Input } from "antd";
import { useState } from "react";
import { call, part, useAction, useGet, type Schemas } from "../api";
import { Empty, Go, Link, Loaded, Mark, Page, Problem } from "../parts/page";
import { useSession } from "../session";
import { useWords } from "../words";

type Task = Schemas["TaskList"]["tasks"][number];

export default function Tasks() {
  const { t } = useWords();
  const list = useGet<Schemas["TaskList"]>("/api/tasks");
  const [queue, setQueue] = useState("");
  return (
    <Loaded from={list}>{(data) => {
      const queues = [...new Set(data.tasks.map((one) => one.queue))];
      const shown = data.tasks.filter((one) => queue === "" || one.queue === queue);
      const overdue = data.tasks.filter((one) => one.overdue).length;
      return (
        <Page title={t("menu_tasks")} question={t("tasks_question")} headline={data.tasks.length === 0 ? t("tasks_headline_none") : t("tasks_headline", { n: data.tasks.length, overdue })} deck={data.tasks.length > 0 ? t("tasks_deck") : undefined}
          next={data.tasks.length === 0 ? <Go to="/campaigns" primary>{t("menu_campaigns")}</Go> : undefined} more={data.tasks.length > 0 ? <a className="quiet" href="/api/tasks?format=csv" download>{t("table_file")}</a> : undefined}>
          {queues.length > 1 && <div className="chips"><button type="button" className="chip" aria-pressed={queue === ""} onClick={() => setQueue("")}>{t("all_queues")}</button>{queues.map((one) => <button type="button" className="chip" key={one} aria-pressed={queue === one} onClick={() => setQueue(one)}>{one}</button>)}</div>}
          {shown.length === 0 ? <Empty>{t("tasks_none")}</Empty> : <ul className="cards tasks">{shown.map((task) => <One key={task.id} task={task} done={list.reload} />)}</ul>}
        </Page>
      );
    }}</Loaded>
  );
}

function One({ task, done }: { task: Task; done: () => void }) {
  const { t, moment } = useWords();
  const { may } = useSession();
  const [outcome, setOutcome] = useState("");
  const { busy, error, run } = useAction();
  // The key is what journeys wait for, whatever the language of the button.
  const outcomes = [["reached", t("outcome_reached")], ["not_reached", t("outcome_not_reached")], ["later", t("outcome_later")]] as const;
  const finish = (text: string) => void run(async () => { await call("POST", `/api/tasks/${part(task.id)}/finish`, { outcome: text, outcome_key: outcomes.find(([, words]) => text.startsWith(words))?.[0] }); done(); });
  return (
    <li className="card">
      <h2>{task.title} <Link to={`/customers/${part(task.customer_id)}`}>{task.customer_id}</Link></h2>
      <p>{task.overdue ? <Mark tone="red">{t("overdue")}</Mark> : null} {task.deadline ? t("deadline", { at: moment(task.deadline) }) : t("no_deadline")} <span className="note">{task.queue} · {task.step}</span></p>
      <p className="script">{task.script}</p>
      {may("post /api/tasks/{id}/finish") && (
        <form className="outcome" onSubmit={(e) => { e.preventDefault(); finish(outcome.trim()); }}>
          <div className="chips">{outcomes.map(([, one]) => <button type="button" className="chip" key={one} aria-pressed={outcome === one} onClick={() => setOutcome(one)}>{one}</button>)}</div>
          <Input.TextArea aria-label={t("outcome")} rows={2} maxLength={1000} value={outcome} placeholder={t("outcome_hint")} onChange={(e) => setOutcome(e.target.value)} />
          {error && <Problem error={error} />}
          <Button type="primary" htmlType="submit" loading={busy} disabled={outcome.trim() === ""}>{t("task_done")}</Button>
        </form>
      )}
    </li>
  );
}
