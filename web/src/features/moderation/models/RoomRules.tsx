// What is stricter in a room 直播间阈值: of the organisation's threshold and the room's the lower one counts.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { models, tightened, usualOf, type Threshold } from "./models"
import { useModelRefusal } from "./refusal"
import { Thresholds } from "./Thresholds"

export function RoomRules({ manages }: { manages: boolean }) {
  const { t } = useTranslation("models")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const usual = useQuery({ queryKey: ["models", "rules"], queryFn: models.rules })
  const [room, setRoom] = useState("")
  return (
    <section className="panel model-rules" data-testid="room-rules">
      <div className="panel-head"><h2>{t("room_rules")}</h2><span className="quiet wide-only">{t("room_rules_hint")}</span></div>
      <div className="version-body">
        <select className="plain-select" aria-label={t("choose_room")} value={room} onChange={(event) => setRoom(event.target.value)}>
          <option value="">{t("choose_room")}</option>
          {rooms.data?.items.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </select>
        {room !== "" && usual.data && <OfRoom key={room} room={room} usual={usual.data.thresholds} manages={manages} />}
      </div>
    </section>
  )
}

function OfRoom({ room, usual, manages }: { room: string; usual: Threshold[]; manages: boolean }) {
  const { t } = useTranslation("models")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModelRefusal()
  const key = ["models", "rules", room]
  const rules = useQuery({ queryKey: key, queryFn: () => models.roomRules(room) })
  const [draft, setDraft] = useState<Threshold[] | null>(null)
  const save = useMutation({
    mutationFn: (thresholds: Threshold[]) => models.setRoomRules(room, thresholds),
    onSuccess: (saved) => {
      queries.setQueryData(key, saved)
      setDraft(null)
      void message.success(t("rules_saved"))
    },
  })
  const shown = draft ?? rules.data?.thresholds
  if (!shown) return rules.error ? <Alert type="error" showIcon title={refusal(rules.error)} role="alert" /> : null
  return (
    <form className="room-thresholds" onSubmit={(event) => { event.preventDefault(); if (draft) save.mutate(draft.map((one) => tightened(one, usualOf(usual, one.category)))) }}>
      {shown.length === 0 && <p className="quiet">{t("room_rules_none")}</p>}
      <Thresholds thresholds={shown} manages={manages} change={setDraft} most={(category) => usualOf(usual, category)} anyMayGo />
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
      {manages && <div><Button type="primary" htmlType="submit" disabled={!draft} loading={save.isPending}>{t("save")}</Button></div>}
    </form>
  )
}
