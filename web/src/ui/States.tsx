// What a screen shows instead of its content: loading, empty, refused, failed.
import { Button } from "antd"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { Problem } from "../api/client"
import { inGeneral } from "./refusal"

export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation("ui")
  return (
    <div className="skeleton" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => <span key={row} style={{ width: `${92 - ((row * 17) % 40)}%` }} />)}
    </div>
  )
}

export function Message({ title, hint, action, detail }: { title: string; hint?: string; action?: ReactNode; detail?: string }) {
  return (
    <div className="message">
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {detail && <p className="mono quiet">{detail}</p>}
      {action}
    </div>
  )
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation("ui")
  const problem = error instanceof Problem ? error : null
  const action = retry && <Button onClick={retry}>{t("retry")}</Button>
  if (problem?.status === 403) return <Message title={t("forbidden")} hint={t("forbidden_hint")} />
  if (problem?.status === 404) return <Message title={t("not_found")} hint={t("not_found_hint")} />
  if (problem?.offline) return <Message title={t("offline")} action={action} />
  return <Message title={t("failed")} hint={problem ? inGeneral(problem, t) : t("failed_hint")} detail={problem ? t("error_code", { code: problem.code }) : ""} action={action} />
}
