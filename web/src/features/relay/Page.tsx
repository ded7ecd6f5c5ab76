// Relays 多平台推流 of a room: where its stream goes on to, how that goes, and what is wrong when it does not.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { App, Button, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { PlusIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { shownState, TONES } from "../room/state"
import { RelayForm } from "./RelayForm"
import { RelayTable } from "./RelayTable"
import { useRelayRefusal } from "./refusal"
import { relays, type Relay } from "./relays"
import "./relay.css"

interface Search {
  room?: string
}

export default function Page() {
  const { t } = useTranslation("relay")
  const { t: tr } = useTranslation("room")
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), refetchInterval: 5_000 })
  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const all = rooms.data.items
  const room = all.find((one) => one.id === search.room) ?? all.find((one) => one.live) ?? all[0]
  if (!room) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  const state = shownState(room)
  return (
    <>
      <div className="page-head">
        <h1>{t("relays")}</h1>
        <Select
          className="room-select" aria-label={t("room")} value={room.id} showSearch={{ optionFilterProp: "label" }}
          options={all.map((one) => ({ value: one.id, label: one.title }))}
          onChange={(id) => void navigate({ to: "/relays", search: { room: id } })}
        />
        <Pill tone={TONES[state]}>{tr(state)}</Pill>
      </div>
      <Relays key={room.id} room={room} />
    </>
  )
}

function Relays({ room }: { room: Room }) {
  const { t } = useTranslation("relay")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRelayRefusal()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "stream.manage")
  const [editing, setEditing] = useState<Relay | "new" | null>(null)
  const [removing, setRemoving] = useState<Relay | null>(null)
  const key = ["relays", room.id]
  const list = useQuery({ queryKey: key, queryFn: () => relays.list(room.id), refetchInterval: 2_000 })
  const reload = () => queries.invalidateQueries({ queryKey: key })
  const turn = useMutation({
    mutationFn: ({ relay, on }: { relay: Relay; on: boolean }) => (on ? relays.start(relay.id) : relays.stop(relay.id)),
    onError: (error) => void message.error(refusal(error)),
    onSettled: reload,
  })
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const add = manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("add")}</Button>
  return (
    <>
      <div className="panel">
        {list.data.items.length === 0 ? (
          <Message title={t("empty")} hint={t("empty_hint")} action={add} />
        ) : (
          <>
            <RelayTable
              relays={list.data.items} manages={manages} busy={turn.isPending}
              turn={(relay, on) => turn.mutate({ relay, on })} edit={setEditing} remove={setRemoving}
            />
            <div className="more">{add}</div>
          </>
        )}
      </div>
      <p className="quiet relay-note">{t("explained")}</p>
      {editing && (
        <RelayForm
          {...(editing === "new" ? {} : { relay: editing })}
          close={() => setEditing(null)}
          submit={async (fields) => {
            await (editing === "new" ? relays.create(room.id, fields) : relays.change(editing.id, fields))
            void message.success(t("saved"))
            void reload()
          }}
        />
      )}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(null)} refusal={refusal}
          act={async () => {
            await relays.remove(removing.id)
            void reload()
          }}
        />
      )}
    </>
  )
}
