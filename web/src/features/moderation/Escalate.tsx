// What one is not sure of is asked the next tier, with the question.
import { useQueryClient } from "@tanstack/react-query"
import { App, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { count } from "../../ui/format"
import { moderation } from "./moderation"
import { useModerationRefusal } from "./refusal"

const LONGEST = 500

/** `first`: what was written already. */
export function Escalate({ positions, first, close }: { positions: number[]; first: string; close: () => void }) {
  const { t } = useTranslation("moderation")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModerationRefusal()
  const [why, setWhy] = useState(first)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    try {
      const { taken } = await moderation.escalate(positions, why.trim())
      if (taken.length > 0) void message.info(t("taken", { n: count(taken.length) }))
      close()
      for (const key of ["review-claimed", "review-open", "review-queue"]) void queries.invalidateQueries({ queryKey: [key] })
    } catch (error) {
      void message.error(refusal(error))
      setBusy(false)
    }
  }
  return (
    <Modal open title={t("escalate_title", { n: count(positions.length) })} okText={t("escalate")} okButtonProps={{ disabled: why.trim() === "", loading: busy }} onOk={() => void send()} onCancel={close}>
      <Input.TextArea autoFocus rows={3} maxLength={LONGEST} value={why} aria-label={t("escalate_why")} placeholder={t("escalate_why")} onChange={(event) => setWhy(event.target.value)}
        onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && why.trim() !== "") void send() }} />
    </Modal>
  )
}
