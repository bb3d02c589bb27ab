/// Long work under way.
import { Progress } from "antd";
import type { CallError, Schemas } from "../api";
import { useWords } from "../words";
import { Problem } from "./page";

export function JobProgress({ job, error }: { job: Schemas["Job"] | null; error: CallError | null }) {
  const { t, named } = useWords();
  if (error && (error.status !== 0)) return <Problem error={error} />;
  if (!job) return <p className="note" role="status">{t("job_begins")}</p>;
  if (job.state === "failed") return <div className="problem" role="alert"><p>{t("job_failed", { what: named("job", job.kind), why: job.error ?? "" })}</p></div>;
  const share = job.progress ?? null;
  return (
    <div className="job" role="status">
      <p>{job.state === "done" ? t("job_done", { what: named("job", job.kind) }) : t("job_running", { what: named("job", job.kind) })}{job.state !== "done" && job.stage ? ` ${job.stage}` : ""}</p>
      <Progress aria-label={named("job", job.kind)} percent={job.state === "done" ? 100 : share === null ? 30 : Math.round(share * 100)} showInfo={share !== null || job.state === "done"} status={job.state === "done" ? "success" : "active"} />
    </div>
  );
}
