// Codes of the API in words; a code this page does not know yet stands for itself.
import { useTranslation } from "react-i18next"
import { audienceTexts } from "./texts"

type Key = keyof (typeof audienceTexts)["zh-CN"]

const known: object = audienceTexts["zh-CN"]

export function useWord(): (kind: "verdict" | "r" | "s" | "agent" | "evidence" | "f" | "state", code: string) => string {
  const { t } = useTranslation("audience")
  return (kind, code) => {
    const key = kind === "state" ? code : `${kind}_${code}`
    return key in known ? t(key as Key) : code
  }
}
