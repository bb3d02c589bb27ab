/// Who is signed in, and what they may do.
import { createContext, useContext } from "react";
import type { Schemas } from "./api";
import access from "./gen/access.json";

export type Role = Schemas["Role"];
export const roles: Role[] = ["owner", "marketer", "analyst", "agent", "read_only"];
export type Session = Schemas["Session"];

const table = access as Record<string, string[]>;

/// Whether the role may call the route ("post /api/plans"); the contract says so.
export function mayCall(role: Role | undefined, route: string): boolean {
  if (!role) return false;
  return table[route]?.includes(role) ?? false;
}

export interface Signed {
  session: Session;
  may: (route: string) => boolean;
  leave: () => void;
  refresh: () => Promise<void>;
}
export const Signing = createContext<Signed | null>(null);

export function useSession(): Signed {
  const signed = useContext(Signing);
  if (!signed) throw new Error("no session");
  return signed;
}
