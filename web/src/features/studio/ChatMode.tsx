// How speaking goes in the room 发言模式, in force at once.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Segmented } from "antd"
import { useTranslation } from "react-i18next"
import { ask } from "../../api/client"
import type { components } from "../../api/schema"
import { useRefusal } from "../../ui/refusal"

type RoomChat = components["schemas"]["RoomChat"]

const MODES = ["after_review", "before_review", "off"] as const

export function ChatMode({ room }: { room: string }) {
  const { t } = useTranslation("studio")
  const refusal = useRefusal()
  const queries = useQueryClient()
  const key = ["room-chat", room]
  const path = `/api/rooms/${encodeURIComponent(room)}/chat`
  const now = useQuery({ queryKey: key, queryFn: () => ask<RoomChat>("GET", path), refetchInterval: 5_000 })
  const change = useMutation({
    mutationFn: (mode: RoomChat["mode"]) => ask<RoomChat>("PUT", path, { mode }),
    onSuccess: (chat) => { queries.setQueryData(key, chat) },
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  })
  if (!now.data) return null
  const { mode } = now.data
  const error = change.error ?? now.error
  return (
    <section className="panel chat-mode" aria-label={t("chat_mode")} data-testid="chat-mode" data-mode={mode}>
      <h2>{t("chat_mode")}</h2>
      <Segmented
        block aria-label={t("chat_mode")} value={mode} disabled={change.isPending}
        options={MODES.map((value) => ({ value, label: t(`chat_${value}`) }))} onChange={(mode) => change.mutate(mode)}
      />
      <p className="quiet">{t(`chat_${mode}_hint`)}</p>
      {error && <Alert type="error" showIcon title={refusal(error)} role="alert" />}
    </section>
  )
}
