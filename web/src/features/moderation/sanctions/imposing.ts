// A sanction is imposed: who did it hears what it was, or why it was not.
import { useMutation } from "@tanstack/react-query"
import { App } from "antd"
import { useTranslation } from "react-i18next"
import { sanctions, type Sanction } from "./sanctions"
import { useSanctionRefusal, useStep } from "./words"

type Wanted = Parameters<typeof sanctions.impose>[0]

export function useImposing(done: () => void) {
  const { t } = useTranslation("sanctions")
  const { message } = App.useApp()
  const refusal = useSanctionRefusal()
  const step = useStep()
  const { mutate, isPending, error } = useMutation({
    mutationFn: (wanted: Wanted) => sanctions.impose(wanted),
    onSuccess: (imposed) => {
      void message.success(t("imposed", { what: step({ kind: imposed.kind, minutes: minutesOf(imposed) }) }))
      done()
    },
  })
  return { impose: (wanted: Wanted) => mutate(wanted), busy: isPending, failure: error ? refusal(error) : null }
}

/** How long it was imposed for. */
export function minutesOf(sanction: Pick<Sanction, "at_ms" | "until_ms">): number | null {
  return sanction.until_ms == null ? null : Math.max(1, Math.round((sanction.until_ms - sanction.at_ms) / 60_000))
}
