// What may be chosen in forms: articles of the handbook and exams, by their titles.
import { useQuery } from "@tanstack/react-query"
import { useLanguage } from "../../ui/appearance"
import { handbook, inLanguage } from "./handbook"

interface Option {
  value: string
  label: string
}

/** Roles of people who may sit an exam or be retrained. */
export const ROLES = ["operator", "controller", "moderator", "senior_moderator", "analyst", "manager", "host", "merchant", "customer_service"]

/** The articles of the version in force. */
export function useArticles(): Option[] {
  const language = useLanguage()
  const book = useQuery({ queryKey: ["handbook", ""], queryFn: () => handbook.read("") })
  return book.data?.articles.map((one) => ({ value: one.code, label: inLanguage(language, one.title_zh, one.title_en) })) ?? []
}

export function useExams(): Option[] {
  const language = useLanguage()
  const exams = useQuery({ queryKey: ["exams"], queryFn: handbook.exams })
  return exams.data?.map((one) => ({ value: one.code, label: inLanguage(language, one.exam.title_zh, one.exam.title_en) })) ?? []
}
