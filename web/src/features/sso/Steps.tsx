// What a provider answered, step by step, in words.
import { Alert } from "antd"
import { useTranslation } from "react-i18next"
import { CheckIcon } from "../../ui/icons"
import { useSsoRefusal } from "./refusal"
import type { Step, Test } from "./sso"

const PROBLEMS = [
  "private_address", "unknown_host", "timeout", "tls", "no_connection", "no_answer", "status", "redirect", "too_large", "not_json", "wrong_issuer", "bad_endpoint",
  "no_keys", "no_client_method", "client_refused", "unclear",
] as const
const NAMES = ["description", "keys", "client"] as const

export function Steps({ test, error }: { test: Test | undefined; error: unknown }) {
  const { t } = useTranslation("sso")
  const refusal = useSsoRefusal()
  if (error) return <div className="sso-steps"><Alert type="error" showIcon title={refusal(error)} role="alert" /></div>
  if (!test) return null
  const words = (step: Step) => {
    const known = PROBLEMS.find((problem) => problem === step.problem)
    return known ? t(`problem_${known}`) : t("problem_other")
  }
  const name = (step: Step) => t(`step_${NAMES.find((one) => one === step.step) ?? "description"}`)
  return (
    <div className="sso-steps" role="status">
      {test.steps.map((step) => (step.problem
        ? <Alert key={step.step} type={step.problem === "unclear" ? "warning" : "error"} showIcon title={t("step_is", { step: name(step), what: words(step) })} description={step.detail} />
        : <p key={step.step} className="sso-good"><CheckIcon size={16} /> {t("step_is", { step: name(step), what: t("good") })}</p>))}
    </div>
  )
}
