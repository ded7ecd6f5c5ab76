// What a form makes of a question and of an exam while it is being written.
import { picked, type Choice, type Exam, type Question } from "./handbook"

export const KINDS_OF_QUESTION = ["single", "multiple", "true_false"] as const satisfies Question["kind"][]
export const MOST_OPTIONS = 9

const BLANK: Choice = { zh: "", en: "" }
const TRUE_OR_FALSE: Choice[] = [{ zh: "正确", en: "True" }, { zh: "错误", en: "False" }]

export const NEW_QUESTION: Question = {
  kind: "single", text_zh: "", text_en: "", options: [BLANK, BLANK], right: [0], explanation_zh: "", explanation_en: "", clause: null, article: null, difficulty: 1, retired: false,
}

/** The same question as another kind: a statement is true or false, and one option is right unless several may be. */
export function asKind(question: Question, kind: Question["kind"]): Question {
  const right = kind === "multiple" ? question.right : question.right.slice(0, 1)
  if (kind !== "true_false") return { ...question, kind, right }
  return { ...question, kind, options: TRUE_OR_FALSE, right: right.filter((at) => at < 2).length > 0 ? right : [0] }
}

export function markRight(question: Question, at: number): Question {
  return { ...question, right: picked(question.kind, question.right, at) }
}

export function changeOption(question: Question, at: number, part: Partial<Choice>): Question {
  return { ...question, options: question.options.map((one, nth) => (nth === at ? { ...one, ...part } : one)) }
}

export function addOption(question: Question): Question {
  return { ...question, options: [...question.options, BLANK] }
}

/** Without one of the options; those behind it move up, and with them what is right. */
export function withoutOption(question: Question, at: number): Question {
  const right = question.right.filter((one) => one !== at).map((one) => (one > at ? one - 1 : one))
  return { ...question, options: question.options.filter((_, nth) => nth !== at), right: right.length > 0 || question.kind === "multiple" ? right : [0] }
}

/** The server takes it: there is a question, every option says something, and something is right. */
export function isWhole(question: Question): boolean {
  return question.text_zh.trim() !== "" && question.options.every((one) => one.zh.trim() !== "") && question.right.length > 0
}

/** How many of an exam's questions are drawn from any clause; below zero the quotas ask for more than there are. */
export function freeOf(exam: Pick<Exam, "questions" | "quotas">): number {
  return exam.questions - Object.values(exam.quotas).reduce<number>((sum, one) => sum + (one ?? 0), 0)
}

/** At least so many about a clause; none takes it out. */
export function withQuota(quotas: Exam["quotas"], clause: string, least: number): Exam["quotas"] {
  const others = Object.entries(quotas).filter(([one]) => one !== clause)
  return Object.fromEntries(least > 0 ? [...others, [clause, least] as const] : others)
}
