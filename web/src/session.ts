/// Who is signed in, and what they may do.
import { createContext, useContext } from "react";
import access from "./gen/access.json";

export type Role = "owner" | "marketer" | "analyst" | "agent" | "read_only";
export const roles: Role[] = ["owner", "marketer", "analyst", "agent", "read_only"];
export interface Session {
  user: { id: string; email: string; name: string; role: Role; language: string | null; theme: string | null };
  csrf: string;
  workspace: { name: string; currency: string; zone: string; business: string; as_of: string | null };
  oidc?: { name: string } | null;
}

const table = access as Record<string, string[]>;

/// Whether the role may call the route ("post /api/plans"); the contract says so.
export function mayCall(role: Role | undefined, route: string): boolean {
  if (!role) return false;
  const verdict = table[route];
  return verdict ? verdict.includes(role) : role === "owner";
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
