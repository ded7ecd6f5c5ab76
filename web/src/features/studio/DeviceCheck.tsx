// The check of this device: camera, microphone and line, judged by the server.
import { useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Checkbox } from "antd"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Check, Room } from "../../api/types"
import { aboutDevice } from "./about"
import { openCamera, openMicrophone, reason, watchCamera, watchMicrophone } from "./devices"
import { Findings } from "./Findings"
import { ping, upload } from "./line"
import { Busy } from "./PushCheck"

const SECONDS = 6

interface Props {
  room: Room
  check: Check | undefined
  opened: (check: Check) => void
}

export function DeviceCheck({ room, check, opened }: Props) {
  const { t } = useTranslation("studio")
  const queries = useQueryClient()
  const secure = window.isSecureContext
  const [camera, setCamera] = useState(secure)
  const [microphone, setMicrophone] = useState(secure)
  const [running, setRunning] = useState<AbortController | null>(null)
  const [mbps, setMbps] = useState<number | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const video = useRef<HTMLVideoElement>(null)
  const meter = useRef<HTMLSpanElement>(null)
  // Leaving the page switches camera and microphone off.
  useEffect(() => () => running?.abort(), [running])

  const run = async () => {
    const stop = new AbortController()
    setRunning(stop)
    setFailure(null)
    setMbps(null)
    try {
      const fresh = await api.openCheck(room.id, "browser")
      const wanted = { camera, microphone, video: video.current, stop: stop.signal }
      const network = await ping(stop.signal)
      const devices = measureDevices(wanted, (level) => { if (meter.current) meter.current.style.width = `${level}%` })
      const [, found] = await Promise.all([upload(fresh.id, SECONDS * 1000, stop.signal, setMbps), devices])
      if (stop.signal.aborted) return
      const done = await api.finishCheck(fresh.id, { ...found, network, device: aboutDevice() })
      queries.setQueryData(["check", done.id], done)
      opened(done)
    } catch (error) {
      if (!stop.signal.aborted) setFailure(reason(error))
    } finally {
      stop.abort()
      setRunning(null)
    }
  }

  return (
    <section className="panel check" aria-label={t("device")} data-testid="device-check" data-state={running ? "running" : (check?.state ?? "none")}>
      <div className="panel-head">
        <h2>{t("device")}</h2>
        <span className="spring" />
        <Checkbox checked={camera} disabled={running !== null || !secure} onChange={(event) => setCamera(event.target.checked)}>{t("with_camera")}</Checkbox>
        <Checkbox checked={microphone} disabled={running !== null || !secure} onChange={(event) => setMicrophone(event.target.checked)}>{t("with_microphone")}</Checkbox>
        <Button type={check ? "default" : "primary"} loading={running !== null} onClick={() => void run()}>{check ? t("device_again") : t("device_start")}</Button>
      </div>
      <div className="check-body">
        {!secure && <Alert type="warning" showIcon title={t("device_insecure")} />}
        {failure && <Alert type="error" showIcon title={t("broken", { why: failure })} role="alert" />}
        {!check && !running && <p className="quiet">{t("device_hint")}</p>}
        <div className="devices" hidden={!running}>
          <div className="camera">
            <video ref={video} muted playsInline aria-label={t("preview")} />
            {!camera && <span className="quiet">{t("preview_off")}</span>}
          </div>
          <div className="device-live">
            <Busy>{t("device_running")}</Busy>
            <div><span className="quiet">{t("level")}</span><div className="bar"><span ref={meter} /></div></div>
            <p className="num">{t("uploading", { mbps: mbps === null ? "…" : mbps.toFixed(1) })}</p>
          </div>
        </div>
        {!running && check?.state === "done" && <Findings check={check} />}
      </div>
    </section>
  )
}

interface Wanted {
  camera: boolean
  microphone: boolean
  video: HTMLVideoElement | null
  stop: AbortSignal
}

// Each device on its own: one that is refused says nothing about the other.
async function measureDevices({ camera, microphone, video, stop }: Wanted, level: (percent: number) => void) {
  const watchOne = async () => {
    if (!camera || !video) return null
    try {
      return await watchCamera(await openCamera(), video, SECONDS * 1000, stop)
    } catch (error) {
      return { error: reason(error) }
    }
  }
  const hearOne = async () => {
    if (!microphone) return null
    try {
      return await watchMicrophone(await openMicrophone(), SECONDS * 1000, stop, level)
    } catch (error) {
      return { error: reason(error) }
    }
  }
  const [seen, heard] = await Promise.all([watchOne(), hearOne()])
  return { ...(seen && { camera: seen }), ...(heard && { microphone: heard }) }
}
