// The studio 主播工作台 before a show: check the encoder and this device, then go live. The room stands in the address.
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Check, CheckKind, Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { HostWarnings } from "../patrol/HostWarnings"
import { shownState, TONES } from "../room/state"
import { RoomAdmission } from "../standing/RoomAdmission"
import { ChatMode } from "./ChatMode"
import { DeviceCheck } from "./DeviceCheck"
import { GoLive } from "./GoLive"
import { History } from "./History"
import { PushCheck } from "./PushCheck"
import "./studio.css"

interface Search {
  room?: string
}

export default function Page() {
  const { t } = useTranslation("studio")
  const { t: tr } = useTranslation("room")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 5_000 })
  const choose = (room: string) => void navigate({ to: "/studio", search: { room } })

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const all = rooms.data.items
  if (all.length === 0) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  const room = all.find((one) => one.id === search.room) ?? (all.length === 1 && search.room === undefined ? all[0] : undefined)
  if (!room) return search.room === undefined ? <ChooseRoom rooms={all} choose={choose} /> : <OtherRoom id={search.room} />
  const state = shownState(room)
  return (
    <>
      <div className="page-head">
        <h1 className="sr">{t("studio")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room.id} showSearch={{ optionFilterProp: "label" }}
          options={all.map((one) => ({ value: one.id, label: one.title }))} onChange={choose}
        />
        <Pill tone={TONES[state]}>{tr(state)}</Pill>
      </div>
      <Studio key={room.id} room={room} />
    </>
  )
}

function ChooseRoom({ rooms, choose }: { rooms: Room[]; choose: (room: string) => void }) {
  const { t } = useTranslation("studio")
  const { t: tr } = useTranslation("room")
  return (
    <>
      <div className="page-head"><h1>{t("choose_room")}</h1><span className="quiet">{t("choose_hint")}</span></div>
      <ul className="choices">
        {rooms.map((room) => (
          <li key={room.id}>
            <button type="button" onClick={() => choose(room.id)}>
              <span className="choice-title">{room.title}</span>
              <Pill tone={TONES[shownState(room)]}>{tr(shownState(room))}</Pill>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** A room that is not among the newest. */
function OtherRoom({ id }: { id: string }) {
  const room = useQuery({ queryKey: ["room", id], queryFn: () => api.room(id), refetchInterval: 5_000 })
  if (room.isPending) return <Loading rows={8} />
  if (!room.data) return <Failed error={room.error} retry={() => void room.refetch()} />
  return (
    <>
      <div className="page-head"><h1>{room.data.title}</h1></div>
      <Studio room={room.data} />
    </>
  )
}

function Studio({ room }: { room: Room }) {
  const me = useMe()
  const history = useQuery({ queryKey: ["checks", room.id], queryFn: () => api.checks(room.id), refetchInterval: 3_000 })
  // What the history was asked to show; else the newest of each kind.
  const [shown, setShown] = useState<Partial<Record<CheckKind, string>>>({})
  const newest = (kind: CheckKind) => shown[kind] ?? history.data?.find((one) => one.kind === kind)?.id
  const push = useCheck(newest("push"))
  const device = useCheck(newest("browser"))
  if (history.isPending) return <Loading rows={8} />
  if (!history.data) return <Failed error={history.error} retry={() => void history.refetch()} />
  const opened = (check: Check) => {
    setShown((before) => ({ ...before, [check.kind]: check.id }))
    void history.refetch()
  }
  return (
    <div className="studio">
      <div className="studio-main">
        <PushCheck room={room} check={push} opened={opened} />
        <DeviceCheck room={room} check={device} opened={opened} />
      </div>
      <div className="studio-side">
        <RoomAdmission room={room.id} />
        {me.data && may(me.data, "warning.read") && <HostWarnings room={room.id} />}
        <GoLive room={room} push={push} device={device} />
        {me.data && may(me.data, "chat.manage") && <ChatMode room={room.id} />}
        <History checks={history.data} see={(check) => setShown((before) => ({ ...before, [check.kind]: check.id }))} />
      </div>
    </div>
  )
}

function useCheck(id: string | undefined): Check | undefined {
  const check = useQuery({
    queryKey: ["check", id],
    queryFn: () => api.check(id ?? ""),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data?.state === "done" || query.state.data?.state === "expired" ? false : 700),
  })
  return check.data
}
