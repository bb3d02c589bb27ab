/// Calls to the program. Types come from api/openapi.yaml; errors are plain sentences; 401 anywhere means signing in again.
import { useCallback, useEffect, useRef, useState } from "react";
import type { components } from "./gen/api";

export type Schemas = components["schemas"];

export class CallError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

let csrf = "";
let signedOut: () => void = () => {};
export function setCsrf(token: string): void {
  csrf = token;
}
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function failure(response: Response): Promise<CallError> {
  try {
    const body = (await response.json()) as { error?: { code?: string; message?: string } };
    return new CallError(response.status, body.error?.code ?? "", body.error?.message ?? "");
  } catch {
    return new CallError(response.status, "", "");
  }
}

async function send(method: string, url: string, body?: BodyInit, type?: string, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  if (method !== "GET" && csrf) headers["X-CSRF-Token"] = csrf;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body, signal, credentials: "same-origin", redirect: "error" });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new CallError(0, "unreachable", "");
  }
  if (response.ok) return response;
  const error = await failure(response);
  const entering = url.startsWith("/api/session") && method === "POST";
  if (response.status === 401 && !entering) signedOut();
  throw error;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await (await send("GET", address(path, query), undefined, undefined, signal)).json()) as T;
}

export async function call<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body === undefined ? undefined : JSON.stringify(body), body === undefined ? undefined : "application/json");
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

export async function putBytes<T>(path: string, bytes: Blob): Promise<T> {
  return (await (await send("PUT", path, bytes, "application/octet-stream")).json()) as T;
}

/// A part of an address.
export const part = (text: string | number): string => encodeURIComponent(String(text));

export interface Loading<T> {
  data: T | null;
  error: CallError | null;
  busy: boolean;
  reload: () => void;
}

/// What GET answers; asked again when the address changes. `null` asks nothing. Old data stays while new is on its way.
export function useGet<T>(path: string | null, query: Query = {}): Loading<T> {
  const url = path === null ? null : address(path, query);
  const [state, setState] = useState<{ url: string | null; data: T | null; error: CallError | null; busy: boolean }>({ url, data: null, error: null, busy: url !== null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (url === null) {
      setState({ url, data: null, error: null, busy: false });
      return;
    }
    const stop = new AbortController();
    setState((old) => ({ url, data: samePath(old.url, url) ? old.data : null, error: null, busy: true }));
    get<T>(url, {}, stop.signal).then(
      (data) => setState({ url, data, error: null, busy: false }),
      (error: CallError) => {
        if (!stop.signal.aborted) setState({ url, data: null, error, busy: false });
      },
    );
    return () => stop.abort();
  }, [url, round]);
  const reload = useCallback(() => setRound((old) => old + 1), []);
  return { data: state.data, error: state.error, busy: state.busy, reload };
}

const samePath = (left: string | null, right: string): boolean => left !== null && left.split("?")[0] === right.split("?")[0];

/// A list that grows page by page.
export interface Paged<T> {
  rows: T[];
  total: number | null;
  error: CallError | null;
  busy: boolean;
  first: boolean;
  more: (() => void) | null;
  reload: () => void;
}

export function usePages<Body, Row>(path: string, query: Query, pick: (body: Body) => { rows: Row[]; next: string | null; total: number | null }): Paged<Row> {
  const url = address(path, query);
  const [state, setState] = useState<{ rows: Row[]; next: string | null; total: number | null; error: CallError | null; busy: boolean; first: boolean }>({ rows: [], next: null, total: null, error: null, busy: true, first: true });
  const [round, setRound] = useState(0);
  const picked = useRef(pick);
  picked.current = pick;
  const latest = useRef(0);
  useEffect(() => {
    const turn = ++latest.current;
    setState((old) => ({ ...old, busy: true, error: null }));
    get<Body>(url).then(
      (body) => {
        if (turn === latest.current) setState({ ...picked.current(body), error: null, busy: false, first: false });
      },
      (error: CallError) => {
        if (turn === latest.current) setState({ rows: [], next: null, total: null, error, busy: false, first: false });
      },
    );
  }, [url, round]);
  const next = state.next;
  const more = next === null || state.busy ? null : () => {
    const turn = latest.current;
    setState((old) => ({ ...old, busy: true }));
    get<Body>(path, { ...query, after: next }).then(
      (body) => {
        const page = picked.current(body);
        if (turn === latest.current) setState((old) => ({ ...page, rows: [...old.rows, ...page.rows], error: null, busy: false, first: false }));
      },
      (error: CallError) => {
        if (turn === latest.current) setState((old) => ({ ...old, error, busy: false }));
      },
    );
  };
  const reload = useCallback(() => setRound((old) => old + 1), []);
  return { rows: state.rows, total: state.total, error: state.error, busy: state.busy, first: state.first, more, reload };
}

/// Watches a job until it is done or has failed.
export function useJob(id: string | null, then?: (job: Schemas["Job"]) => void): { job: Schemas["Job"] | null; error: CallError | null } {
  const [state, setState] = useState<{ job: Schemas["Job"] | null; error: CallError | null }>({ job: null, error: null });
  const done = useRef(then);
  done.current = then;
  useEffect(() => {
    setState({ job: null, error: null });
    if (id === null) return;
    let timer = 0;
    let over = false;
    let wait = 400;
    const look = () => {
      get<Schemas["Job"]>(`/api/jobs/${part(id)}`).then(
        (job) => {
          if (over) return;
          setState({ job, error: null });
          if (job.state === "done" || job.state === "failed") {
            done.current?.(job);
            return;
          }
          wait = Math.min(wait * 1.3, 3000);
          timer = window.setTimeout(look, wait);
        },
        (error: CallError) => {
          if (over) return;
          setState((old) => ({ job: old.job, error }));
          if (error.status === 0 || error.status >= 500) timer = window.setTimeout(look, 3000);
        },
      );
    };
    look();
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [id]);
  return state;
}

/// Something the user sets off: busy while it runs, its error until the next try.
export function useAction(): { busy: boolean; error: CallError | null; run: (work: () => Promise<void>) => Promise<boolean>; clear: () => void } {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (problem) {
      setError(problem instanceof CallError ? problem : new CallError(0, "", problem instanceof Error ? problem.message : ""));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}
