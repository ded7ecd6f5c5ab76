// Who is signed in, and what they may do.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { api, Problem } from "../api/client"
import type { Me } from "../api/types"

export const ME = ["me"] as const

export function useMe() {
  return useQuery({
    queryKey: ME,
    queryFn: ({ signal }) => api.me(signal),
    staleTime: 60_000,
    retry: (failures, error) => error instanceof Problem && error.offline && failures < 20,
  })
}

export function may(me: Me, permission: string): boolean {
  return me.permissions.includes(permission) || me.permissions.includes("*")
}

/** Forgets everything the last user could see. */
export function useForget() {
  const queries = useQueryClient()
  return () => queries.clear()
}

/** Where to go after signing in: only inside this site. */
export function nextPath(next: unknown): string | null {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : null
}
