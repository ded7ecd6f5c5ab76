// The rooms as a table, or on a phone as cards. Both show the same and offer the same actions.
import { Link } from "@tanstack/react-router"
import { Button, Dropdown, Switch } from "antd"
import { useTranslation } from "react-i18next"
import type { Room } from "../../api/types"
import { useNow } from "../../ui/Ago"
import { DataTable } from "../../ui/DataTable"
import { clock, count, dateTime } from "../../ui/format"
import { ChartIcon, DotsIcon, KeyIcon, LinkIcon, LockIcon, SourcesIcon, StopIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { PHONE, useMedia } from "../../ui/useMedia"
import { shownState, TONES, unusualSource } from "./state"

interface Offers {
  manages: boolean
  ends: boolean
  /** May see what the picture is made from. */
  sources: boolean
  /** A change is on its way to the server. */
  busy: boolean
  rename: (room: Room) => void
  rotate: (room: Room) => void
  end: (room: Room) => void
  setPrivate: (room: Room, on: boolean) => void
}

interface Props {
  rooms: Room[]
  offers: Offers
}

export function RoomList(props: Props) {
  return useMedia(PHONE) ? <Cards {...props} /> : <Table {...props} />
}

function Table({ rooms, offers }: Props) {
  const { t } = useTranslation("room")
  return (
    <DataTable<Room>
      label={t("rooms")} rows={rooms} rowKey={(room) => room.id} empty={t("none_found")} minWidth={1000}
      columns={[
        {
          key: "title", title: t("title"), sort: (room) => room.title,
          cell: (room) => (
            <span className="room-title">
              <Link to="/live" search={{ room: room.id }} title={room.title}>{room.title}</Link>
              {room.private && <Private />}
            </span>
          ),
        },
        { key: "state", title: t("state"), width: 112, sort: (room) => Number(room.live), cell: (room) => <RoomState room={room} /> },
        { key: "broadcast", title: t("broadcast"), width: 210, cell: (room) => <LastShow room={room} /> },
        {
          key: "online", title: t("online"), width: 90, align: "right", sort: (room) => (room.live ? room.online : -1),
          cell: (room) => <span className={room.live ? "num strong" : "num quiet"}>{count(room.live ? room.online : null)}</span>,
        },
        { key: "private", title: t("private"), width: 76, align: "center", cell: (room) => <PrivateSwitch room={room} offers={offers} /> },
        { key: "created", title: t("created"), width: 150, sort: (room) => room.created_at, cell: (room) => <span className="num quiet">{dateTime(room.created_at)}</span> },
        { key: "actions", title: t("actions"), width: 272, cell: (room) => <span className="row-actions"><Actions room={room} offers={offers} /></span> },
      ]}
    />
  )
}

function Cards({ rooms, offers }: Props) {
  const { t } = useTranslation("room")
  if (rooms.length === 0) return <p className="cards-none quiet">{t("none_found")}</p>
  return (
    <ul className="room-cards" aria-label={t("rooms")}>
      {rooms.map((room) => (
        <li key={room.id} className="room-card">
          <div className="room-card-head">
            <Link to="/live" search={{ room: room.id }}>{room.title}</Link>
            {room.private && <Private />}
            <RoomState room={room} />
          </div>
          <div className="room-card-facts">
            <LastShow room={room} />
            {room.live && <span>{t("online")} <b className="num strong">{count(room.online)}</b></span>}
            <span className="spring" />
            <label className="inline-switch">{t("private")} <PrivateSwitch room={room} offers={offers} /></label>
          </div>
          <div className="room-card-actions"><Actions room={room} offers={offers} /></div>
        </li>
      ))}
    </ul>
  )
}

function Actions({ room, offers }: { room: Room; offers: Offers }) {
  const { t } = useTranslation("room")
  const { manages, ends, sources } = offers
  return (
    <>
      <Link to="/live" search={{ room: room.id }}><ChartIcon size={15} /> {t("screen")}</Link>
      <a href={`/r/${room.id}`} target="_blank" rel="noreferrer"><LinkIcon size={15} /> {t("open_page")}</a>
      {(manages || ends || sources) && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              ...(sources ? [{ key: "sources", icon: <SourcesIcon />, label: <Link to="/sources" search={{ room: room.id }}>{t("sources")}</Link> }] : []),
              { key: "edit", label: t("edit"), disabled: !manages, onClick: () => offers.rename(room) },
              { key: "rotate", label: t("rotate"), icon: <KeyIcon />, disabled: !manages, onClick: () => offers.rotate(room) },
              { type: "divider" },
              { key: "end", label: t("end"), icon: <StopIcon />, danger: true, disabled: !room.live || !ends, onClick: () => offers.end(room) },
            ],
          }}
        >
          <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${room.title}`} />
        </Dropdown>
      )}
    </>
  )
}

function Private() {
  const { t } = useTranslation("room")
  return <span className="quiet" title={t("private_hint")}><LockIcon size={14} /></span>
}

function PrivateSwitch({ room, offers }: { room: Room; offers: Offers }) {
  const { t } = useTranslation("room")
  return (
    <Switch
      size="small" checked={room.private} disabled={!offers.manages || offers.busy} aria-label={`${t("private")} ${room.title}`}
      onChange={(on) => offers.setPrivate(room, on)}
    />
  )
}

function RoomState({ room }: { room: Room }) {
  const { t } = useTranslation("room")
  const state = shownState(room)
  const source = unusualSource(room)
  // A slate says more than a lost signal, and a backup more than being on air.
  return source === null ? <Pill tone={TONES[state]}>{t(state)}</Pill> : <Pill tone="warn">{t(`on_${source}`)}</Pill>
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
