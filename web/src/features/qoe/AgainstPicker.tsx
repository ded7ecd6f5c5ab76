// The show to compare with, of any room one may see.
import { useQuery } from "@tanstack/react-query"
import { Button, Popover, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Room } from "../../api/types"
import { showLabel } from "./words"

export interface Against {
  room: string
  broadcast: string
}

interface Props {
  rooms: Room[]
  /** The room and the show that are looked at. */
  here: { room: string; broadcast: string }
  value: Against | undefined
  change: (value: Against | undefined) => void
}

export function AgainstPicker({ rooms, here, value, change }: Props) {
  const { t } = useTranslation("qoe")
  const [open, setOpen] = useState(false)
  const [room, setRoom] = useState(value?.room ?? here.room)
  const shows = useShows(room, open)
  const chosen = useShows(value?.room ?? here.room, value !== undefined).find((one) => one.id === value?.broadcast)
  const elsewhere = value !== undefined && value.room !== here.room ? rooms.find((one) => one.id === value.room)?.title : undefined
  const label = value === undefined ? t("against_none") : [elsewhere, chosen && showLabel(chosen, t("current"))].filter(Boolean).join(" · ") || "…"
  const content = (
    <div className="against-box">
      <label>{t("room")}
        <Select
          aria-label={t("against_room")} value={room} showSearch={{ optionFilterProp: "label" }} popupMatchSelectWidth={false}
          options={rooms.map((one) => ({ value: one.id, label: one.title }))} onChange={setRoom}
        />
      </label>
      <label>{t("show")}
        <Select
          aria-label={t("against_show")} value={value?.room === room ? value.broadcast : null} placeholder={t("choose_show")} popupMatchSelectWidth={false}
          notFoundContent={t("no_other_show")}
          options={shows.filter((one) => one.id !== here.broadcast).map((one) => ({ value: one.id, label: showLabel(one, t("current")) }))}
          onChange={(broadcast: string) => { change({ room, broadcast }); setOpen(false) }}
        />
      </label>
      {value && <Button onClick={() => { change(undefined); setOpen(false) }}>{t("against_clear")}</Button>}
    </div>
  )
  return (
    <Popover content={content} trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen}>
      <Button className="against-button" data-testid="against"><span className="quiet">{t("against")}</span> <span className="against-name">{label}</span></Button>
    </Popover>
  )
}

/** Shows of ours: other platforms' bring no reports. */
function useShows(room: string, enabled: boolean) {
  const shows = useQuery({ queryKey: ["broadcasts", room], queryFn: () => api.broadcasts(room), enabled })
  return (shows.data?.items ?? []).filter((one) => one.source === "stream")
}
