/// Addresses of the console on the history API.
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
window.addEventListener("popstate", () => listeners.forEach((listener) => listener()));

const current = (): string => window.location.pathname + window.location.search;

export function go(to: string, replace = false): void {
  if (to === current()) return;
  window.history[replace ? "replaceState" : "pushState"](null, "", to);
  listeners.forEach((listener) => listener());
}

export interface Place {
  path: string;
  segments: string[];
  query: URLSearchParams;
}

export function usePlace(): Place {
  const href = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
  const [path = "/", search = ""] = href.split("?");
  return { path, segments: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(search) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/// The address with some fields of its query changed; empty ones are left out.
export function withQuery(place: Place, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return place.path + (text ? "?" + text : "");
}

/// Only addresses of this console; anything else is home.
export const within = (to: string | null | undefined): string => (to && /^\/(?![/\\])/.test(to) ? to : "/");
