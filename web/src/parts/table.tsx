/// Tables: right-aligned figures, sticky heads, cards on a phone, and a file of what they show.
import { Button } from "antd";
import type { ReactNode } from "react";
import { csvLine } from "../format";
import { go } from "../router";
import { useWords } from "../words";

export interface Column<Row> {
  key: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /// What a file says in this column; columns without it are left out of files.
  plain?: (row: Row) => string | number | null;
  number?: boolean;
  sort?: string;
  wide?: boolean;
}

interface TableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  id: (row: Row, index: number) => string | number;
  to?: (row: Row) => string | null;
  sorted?: { by: string; descending: boolean; change: (by: string) => void };
  /// Name of the file; without it there is no button.
  file?: string;
  /// Where the whole list comes as a file, when the program makes it.
  fileAt?: string;
  more?: (() => void) | null;
  busy?: boolean;
  none?: ReactNode;
  foot?: ReactNode;
}

export function saveFile(name: string, type: string, body: BlobPart): void {
  const url = URL.createObjectURL(new Blob([body], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function DataTable<Row>({ label, columns, rows, id, to, sorted, file, fileAt, more, busy, none, foot }: TableProps<Row>) {
  const { t } = useWords();
  if (rows.length === 0 && !busy) return <>{none ?? <p className="note">{t("table_empty")}</p>}</>;
  const save = () => {
    const shown = columns.filter((column) => column.plain);
    const lines = [csvLine(shown.map((column) => column.key)), ...rows.map((row) => csvLine(shown.map((column) => column.plain!(row))))];
    saveFile(`${file}.csv`, "text/csv;charset=utf-8", "\ufeff" + lines.join("\r\n") + "\r\n");
  };
  return (
    <div className="table-box">
      <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
        <table className={busy ? "stale" : undefined}>
          <caption className="unseen">{label}</caption>
          <thead>
            <tr>
              {columns.map((column) => {
                const sort = sorted && column.sort ? sorted : null;
                const here = sort && sort.by === column.sort;
                return (
                  <th key={column.key} scope="col" className={column.number ? "n" : undefined} aria-sort={here ? (sort.descending ? "descending" : "ascending") : undefined}>
                    {sort ? <button type="button" className="sort" onClick={() => sort.change(column.sort!)}>{column.head}<span aria-hidden="true">{here ? (sort.descending ? " ↓" : " ↑") : ""}</span></button> : column.head}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => {
              const target = to?.(row) ?? null;
              return (
                <tr key={id(row, index)} className={target ? "open" : undefined} onClick={target ? (event) => {
                  if (!(event.target as HTMLElement).closest("a,button,input,label")) go(target);
                } : undefined}>
                  {columns.map((column, at) => (
                    <td key={column.key} className={[column.number ? "n" : "", column.wide ? "wide" : "", at === 0 ? "first" : ""].join(" ").trim() || undefined} data-head={typeof column.head === "string" ? column.head : undefined}>
                      <div className="cell">{at === 0 && target ? <a href={target} onClick={(event) => {
                        if (event.metaKey || event.ctrlKey) return;
                        event.preventDefault();
                        go(target);
                      }}>{column.cell(row)}</a> : column.cell(row)}</div>
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
          {foot && <tfoot>{foot}</tfoot>}
        </table>
      </div>
      {(more || file || fileAt) && (
        <div className="table-foot">
          {more && <Button onClick={more} loading={busy}>{t("table_more")}</Button>}
          <span className="grow" />
          {fileAt ? <a className="quiet" href={fileAt} download>{t("table_file")}</a> : file && <button type="button" className="quiet" onClick={save}>{t("table_file")}</button>}
        </div>
      )}
    </div>
  );
}
