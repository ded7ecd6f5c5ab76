// Rooms 直播间: the table, and what can be done with a room.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { App, Button, Dropdown, Input, Switch } from "antd"
import { useDeferredValue, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { useNow } from "../../ui/Ago"
import { clock, count, dateTime } from "../../ui/format"
import { ChartIcon, DotsIcon, KeyIcon, LinkIcon, LockIcon, PlusIcon, SearchIcon, StopIcon } from "../../ui/icons"
import { DataTable } from "../../ui/DataTable"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { StreamKey } from "./StreamKey"
import { shownState, TONES } from "./state"
import { TitleForm } from "./TitleForm"

const ROOMS = ["rooms"] as const

export default function Page() {
  const { t } = useTranslation("room")
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "room.manage")
  const ends = me.data !== undefined && (manages || may(me.data, "broadcast.end"))
  const [search, setSearch] = useState("")
  const [onlyLive, setOnlyLive] = useState(false)
  const wanted = useDeferredValue(search.trim().toLowerCase())
  const [creating, setCreating] = useState(false)
  const [renaming, setRenaming] = useState<Room | null>(null)
  const [key, setKey] = useState<{ title: string; value: string; port: number } | null>(null)
  const rooms = useInfiniteQuery({
    queryKey: ROOMS,
    queryFn: ({ pageParam }) => api.rooms(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 5000,
  })
  const actions = useRoomActions(setKey)

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
          <DataTable<Room>
            label={t("rooms")} rows={shown} rowKey={(room) => room.id} empty={t("none_found")} minWidth={1000}
            columns={[
              {
                key: "title", title: t("title"), sort: (room) => room.title,
                cell: (room) => (
                  <span className="room-title">
                    <Link to="/live" search={{ room: room.id }} title={room.title}>{room.title}</Link>
                    {room.private && <span className="quiet" title={t("private_hint")}><LockIcon size={14} /></span>}
                  </span>
                ),
              },
              { key: "state", title: t("state"), width: 112, sort: (room) => Number(room.live), cell: (room) => <RoomState room={room} /> },
              { key: "broadcast", title: t("broadcast"), width: 210, cell: (room) => <LastShow room={room} /> },
              {
                key: "online", title: t("online"), width: 90, align: "right", sort: (room) => (room.live ? room.online : -1),
                cell: (room) => <span className={room.live ? "num strong" : "num quiet"}>{count(room.live ? room.online : null)}</span>,
              },
              {
                key: "private", title: t("private"), width: 76, align: "center",
                cell: (room) => (
                  <Switch
                    size="small" checked={room.private} disabled={!manages || actions.change.isPending} aria-label={`${t("private")} ${room.title}`}
                    onChange={(on) => actions.change.mutate({ room: room.id, change: { private: on } })}
                  />
                ),
              },
              { key: "created", title: t("created"), width: 150, sort: (room) => room.created_at, cell: (room) => <span className="num quiet">{dateTime(room.created_at)}</span> },
              {
                key: "actions", title: t("actions"), width: 272,
                cell: (room) => (
                  <span className="row-actions">
                    <Link to="/live" search={{ room: room.id }}><ChartIcon size={15} /> {t("screen")}</Link>
                    <a href={`/r/${room.id}`} target="_blank" rel="noreferrer"><LinkIcon size={15} /> {t("open_page")}</a>
                    {(manages || ends) && (
                      <Dropdown
                        trigger={["click"]}
                        menu={{
                          items: [
                            { key: "edit", label: t("edit"), disabled: !manages, onClick: () => setRenaming(room) },
                            { key: "rotate", label: t("rotate"), icon: <KeyIcon />, disabled: !manages, onClick: () => actions.rotate(room) },
                            { type: "divider" },
                            { key: "end", label: t("end"), icon: <StopIcon />, danger: true, disabled: !room.live || !ends, onClick: () => actions.end(room) },
                          ],
                        }}
                      >
                        <Button type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${room.title}`} />
                      </Dropdown>
                    )}
                  </span>
                ),
              },
            ]}
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
            await actions.reload()
          }}
        />
      )}
      {renaming && (
        <TitleForm
          heading={t("edit_title")} title={renaming.title} close={() => setRenaming(null)}
          submit={async ({ title }) => { await actions.change.mutateAsync({ room: renaming.id, change: { title } }) }}
        />
      )}
      {key && <StreamKey title={key.title} streamKey={key.value} pushPort={key.port} close={() => setKey(null)} />}
    </>
  )
}

function RoomState({ room }: { room: Room }) {
  const { t } = useTranslation("room")
  const state = shownState(room)
  return <Pill tone={TONES[state]}>{t(state)}</Pill>
}

function LastShow({ room }: { room: Room }) {
  const { t } = useTranslation("room")
  const now = useNow()
  if (!room.broadcast_id) return <span className="quiet">{t("never")}</span>
  if (!room.live || !room.started_at) return <Link to="/live" search={{ room: room.id, broadcast: room.broadcast_id }}>{t("see_last")}</Link>
  return (
    <span className="num">
      {dateTime(room.started_at).slice(5)} <span className="quiet">· {t("running", { clock: clock(Math.max(0, now - room.started_at)) })}</span>
    </span>
  )
}

function useRoomActions(showKey: (key: { title: string; value: string; port: number }) => void) {
  const { t } = useTranslation("room")
  const { modal, message } = App.useApp()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: ROOMS })
  const failed = (error: Error) => void message.error(error.message)
  const change = useMutation({
    mutationFn: ({ room, change }: { room: string; change: { title?: string; private?: boolean } }) => api.changeRoom(room, change),
    onSuccess: () => void message.success(t("saved")),
    onError: failed,
    onSettled: reload,
  })
  const rotate = (room: Room) => {
    modal.confirm({
      title: t("rotate_title", { title: room.title }), content: t("rotate_hint"), okText: t("rotate_ok"), okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const fresh = await api.rotateKey(room.id)
          showKey({ title: room.title, value: fresh.stream_key, port: fresh.push_port })
        } catch (error) {
          failed(error as Error)
        }
      },
    })
  }
  const end = (room: Room) => {
    const broadcast = room.broadcast_id
    if (!broadcast) return
    modal.confirm({
      title: t("end_title", { title: room.title }), content: t("end_hint"), okText: t("end_ok"), okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await api.endBroadcast(broadcast)
          message.success(t("ended_done"))
        } catch (error) {
          failed(error as Error)
        }
        await reload()
      },
    })
  }
  return { change, rotate, end, reload }
}
