// What forms of the handbook end with: leave, take out what is edited, keep. And keeping itself: the button is busy meanwhile, and people
// are told what came of it.
import { useMutation } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { useHandbookRefusal } from "./refusal"

export function useKeep<Out>(write: () => Promise<Out>, kept: (out: Out) => void) {
  const { t } = useTranslation("handbook")
  const { message } = App.useApp()
  const refusal = useHandbookRefusal()
  return useMutation({
    mutationFn: write,
    onSuccess: (out) => { void message.success(t("kept")); kept(out) },
    onError: (error) => void message.error(refusal(error)),
  })
}

interface Props {
  close: () => void
  busy: boolean
  disabled: boolean
  /** Where there is no form around it that is submitted. */
  keep?: () => void
  /** None: it is new. */
  removal?: { title: string; hint: string; ok: string; act: () => Promise<void> } | undefined
}

export function FormFoot({ close, busy, disabled, keep, removal }: Props) {
  const { t } = useTranslation("handbook")
  const refusal = useHandbookRefusal()
  const [removing, setRemoving] = useState(false)
  return (
    <>
      <p className="sit-steps">
        <Button onClick={close}>{t("close")}</Button>
        {removal && <Button danger onClick={() => setRemoving(true)}>{removal.ok}</Button>}
        <span className="spring" />
        <Button type="primary" htmlType={keep ? "button" : "submit"} loading={busy} disabled={disabled} onClick={keep}>{t("keep")}</Button>
      </p>
      {removing && removal && <Confirm {...removal} refusal={refusal} close={() => setRemoving(false)} />}
    </>
  )
}
