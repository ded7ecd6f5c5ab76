// A text with its hits marked, and why each was found, in words. Both are text: nothing of it is ever HTML.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../ui/appearance"
import { parts } from "../danmaku/danmaku"
import { marksOf, moderation, ruleOf, type Clause, type Item } from "./moderation"

export interface Hit {
  word: string
  category: string
  level: "alarm" | "mask" | "hold" | "block"
  rule: string
  list: string
  start: number
  end: number
}

export function hitsOf(item: Pick<Item, "reasons">, field: "text" | "nick"): Hit[] {
  return item.reasons.filter((one) => one.field === field).map((one) => ({ ...one, level: one.verdict }))
}

export function Marked({ text, hits }: { text: string; hits: { start: number; end: number }[] }) {
  return <>{parts(text, marksOf(hits)).map((part, at) => (part.found ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>))}</>
}

export function useClauses() {
  return useQuery({ queryKey: ["clauses"], queryFn: moderation.clauses, staleTime: Infinity })
}

/** The name of a rule; a list's own category is its own word. */
export function useClauseName(): (code: string) => string {
  const language = useLanguage()
  const clauses = useClauses()
  return (code) => {
    const clause: Clause | undefined = clauses.data?.find((one) => one.code === code)
    return clause ? (language === "en" ? clause.en : clause.zh) : code
  }
}

export function useLists() {
  return useQuery({ queryKey: ["word-lists"], queryFn: () => moderation.lists(), staleTime: 30_000 })
}

export function Reasons({ hits, score }: { hits: Hit[]; score?: number | null }) {
  const { t } = useTranslation("moderation")
  const named = useClauseName()
  const lists = useLists()
  const listOf = (id: string) => id === "pack" ? t("pack") : lists.data?.items.find((one) => one.id === id)?.name ?? id
  return (
    <ul className="hits-why">
      {hits.map((hit, at) => (
        <li key={at}>
          <span className={`level ${hit.level}`}>{t(`level_${hit.level}`)}</span>
          {hit.word !== "" && <b>{hit.word}</b>}
          <span>{t(`rule_${ruleOf(hit.rule)}`)}</span>
          {hit.category !== "" && <span>{named(hit.category)}</span>}
          {hit.list !== "" && <span className="quiet">{listOf(hit.list)}</span>}
        </li>
      ))}
      {score != null && <li><span>{t("score")}</span><b className="num">{score.toFixed(2)}</b></li>}
    </ul>
  )
}
