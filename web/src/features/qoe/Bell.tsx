// The bell of the console: alarms that are going on, a banner for those nobody took note of, a sound when one likes.
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { Badge, Button, Popover, Switch } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { BellIcon } from "../../ui/icons"
import { AlarmRow } from "./AlarmRow"
import "./qoe.css"

const SOUND = "kaibo.alarm_sound"

export default function Bell() {
  const { t } = useTranslation("qoe")
  const [sound, setSound] = useState(() => localStorage.getItem(SOUND) === "on")
  const alarms = useQuery({ queryKey: ["alarms", "open"], queryFn: () => api.alarms({ open: true, limit: 50 }), refetchInterval: 5000 })
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms(), enabled: (alarms.data?.length ?? 0) > 0 })
  const open = alarms.data ?? []
  const fresh = open.filter((alarm) => !alarm.acknowledged_at)
  useSound(sound, fresh.map((alarm) => alarm.id))
  const roomOf = (id: string) => rooms.data?.items.find((room) => room.id === id)?.title
  const change = (on: boolean) => {
    localStorage.setItem(SOUND, on ? "on" : "off")
    setSound(on)
    if (on) beep()
  }
  const content = (
    <div className="bell-box">
      {open.length === 0 ? <p className="quiet">{t("alarms_none_open")}</p>
        : <ul className="alarm-list">{open.map((alarm) => <AlarmRow key={alarm.id} alarm={alarm} room={roomOf(alarm.room_id)} />)}</ul>}
      <div className="bell-foot">
        <label className="inline-switch"><Switch size="small" checked={sound} onChange={change} /> {t("sound")}</label>
        <Link to="/quality" search={{ tab: "alarms" }}>{t("all_alarms")}</Link>
      </div>
    </div>
  )
  return (
    <Popover content={content} trigger="click" placement="bottomRight">
      <Badge count={fresh.length} size="small" offset={[-6, 6]}>
        <Button type="text" aria-label={open.length > 0 ? t("alarms_open", { n: String(open.length) }) : t("alarms_none_open")} icon={<BellIcon />} className={fresh.length > 0 ? "bell ringing" : "bell"} />
      </Badge>
    </Popover>
  )
}

/** One sound for each alarm that was not there before. */
function useSound(on: boolean, ids: string[]) {
  const known = useRef<Set<string> | null>(null)
  const key = ids.join()
  useEffect(() => {
    const now = new Set(key === "" ? [] : key.split(","))
    const before = known.current
    known.current = now
    // What is there when the page opens is no news.
    if (on && before && [...now].some((id) => !before.has(id))) beep()
  }, [key, on])
}

function beep() {
  const audio = new AudioContext()
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  tone.frequency.value = 880
  volume.gain.setValueAtTime(0.12, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.5)
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 0.5)
  tone.onended = () => void audio.close()
}
