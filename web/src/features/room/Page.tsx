// Rooms 直播间: finding them, making them, and the questions asked before something changes.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { App, Button, Input, Switch } from "antd"
import { useDeferredValue, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { count } from "../../ui/format"
import { PlusIcon, SearchIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { RoomList } from "./RoomList"
import { StreamKey } from "./StreamKey"
import { TitleForm } from "./TitleForm"

const ROOMS = ["rooms"] as const

export default function Page() {
  const { t } = useTranslation("room")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: ROOMS })
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "room.manage")
  const ends = me.data !== undefined && (manages || may(me.data, "broadcast.end"))
  const sources = me.data !== undefined && may(me.data, "stream.read")
  const [search, setSearch] = useState("")
  const [onlyLive, setOnlyLive] = useState(false)
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const [creating, setCreating] = useState(false)
  const [renaming, setRenaming] = useState<Room | null>(null)
  const [rotating, setRotating] = useState<Room | null>(null)
  const [ending, setEnding] = useState<Room | null>(null)
  const [key, setKey] = useState<{ title: string; value: string; port: number } | null>(null)
  const rooms = useInfiniteQuery({
    queryKey: ROOMS,
    queryFn: ({ pageParam }) => api.rooms(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 5000,
  })
  const change = useRoomChange()
  const endShow = (broadcast: string) => async () => {
    await api.endBroadcast(broadcast)
    void message.success(t("ended_done"))
    void reload()
  }

  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const all = rooms.data.pages.flatMap((page) => page.items)
  const shown = all.filter((room) => (!onlyLive || room.live) && (wanted === "" || room.title.toLowerCase().includes(wanted)))

  return (
    <>
      <div className="page-head">
        <h1>{t("rooms")}</h1>
        <span className="quiet num">{t("count", { n: count(all.length) })}</span>
        <span className="spring" />
        {all.length > 0 && (
          <>
            <label className="inline-switch"><Switch size="small" checked={onlyLive} onChange={setOnlyLive} /> {t("only_live")}</label>
            <Input
              className="search" allowClear prefix={<SearchIcon />} placeholder={t("search")} aria-label={t("search")}
              value={search} onChange={(event) => setSearch(event.target.value)}
            />
          </>
        )}
        {manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setCreating(true)}>{t("create")}</Button>}
      </div>

      {all.length === 0 ? (
        <div className="panel">
          <Message
            title={t("empty")} hint={t("empty_hint")}
            action={manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setCreating(true)}>{t("create")}</Button>}
          />
        </div>
      ) : (
        <div className="panel">
          <RoomList
            rooms={shown}
            offers={{
              manages, ends, sources, busy: change.isPending, rename: setRenaming, rotate: setRotating, end: setEnding,
              setPrivate: (room, on) => change.mutate({ room: room.id, change: { private: on } }),
            }}
          />
          {rooms.hasNextPage && (
            <div className="more"><Button loading={rooms.isFetchingNextPage} onClick={() => void rooms.fetchNextPage()}>{t("load_more")}</Button></div>
          )}
        </div>
      )}

      {creating && (
        <TitleForm
          heading={t("create_title")} ok={t("create_ok")} withPrivate close={() => setCreating(false)}
          submit={async ({ title, isPrivate }) => {
            const created = await api.createRoom({ title, private: isPrivate })
            setKey({ title: created.title, value: created.stream_key, port: created.push_port })
            void reload()
          }}
        />
      )}
      {renaming && (
        <TitleForm
          heading={t("edit_title")} title={renaming.title} close={() => setRenaming(null)}
          submit={async ({ title }) => { await change.mutateAsync({ room: renaming.id, change: { title } }) }}
        />
      )}
      {rotating && (
        <Confirm
          title={t("rotate_title", { title: rotating.title })} hint={t("rotate_hint")} ok={t("rotate_ok")} close={() => setRotating(null)}
          act={async () => {
            const fresh = await api.rotateKey(rotating.id)
            setKey({ title: rotating.title, value: fresh.stream_key, port: fresh.push_port })
          }}
        />
      )}
      {ending?.broadcast_id && (
        <Confirm
          title={t("end_title", { title: ending.title })} hint={t("end_hint")} ok={t("end_ok")} close={() => setEnding(null)}
          act={endShow(ending.broadcast_id)}
        />
      )}
      {key && <StreamKey title={key.title} streamKey={key.value} pushPort={key.port} close={() => setKey(null)} />}
    </>
  )
}

function useRoomChange() {
  const { t } = useTranslation("room")
  const { message } = App.useApp()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ room, change }: { room: string; change: { title?: string; private?: boolean } }) => api.changeRoom(room, change),
    onSuccess: () => void message.success(t("saved")),
    onError: (error) => void message.error(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ROOMS }),
  })
}
