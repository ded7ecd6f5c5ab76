// The check of an encoder: where to push, how far it is, what was found.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useState, type ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import type { Check, CheckProgress, Room } from "../../api/types"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { CopyField } from "../../ui/CopyField"
import { count, DASH, timeOfDay } from "../../ui/format"
import { StreamKey } from "../room/StreamKey"
import { Findings } from "./Findings"

interface Props {
  room: Room
  check: Check | undefined
  opened: (check: Check) => void
}

export function PushCheck({ room, check, opened }: Props) {
  const { t } = useTranslation("studio")
  const queries = useQueryClient()
  const open = useMutation({
    mutationFn: () => api.openCheck(room.id, "push"),
    onSuccess: (fresh) => {
      queries.setQueryData(["check", fresh.id], fresh)
      opened(fresh)
    },
  })
  const running = check !== undefined && ["waiting", "measuring", "judging"].includes(check.state)
  return (
    <section className="panel check" aria-label={t("push")} data-testid="push-check" data-state={check?.state ?? "none"}>
      <div className="panel-head">
        <h2>{t("push")}</h2>
        <span className="spring" />
        {!running && (
          <Button type={check ? "default" : "primary"} loading={open.isPending} onClick={() => open.mutate()}>
            {check ? t("push_again") : t("push_start")}
          </Button>
        )}
      </div>
      <div className="check-body">
        {open.error && <Alert type="error" showIcon title={open.error.message} role="alert" />}
        {!check && <p className="quiet">{t("push_hint")}</p>}
        {check?.state === "expired" && <p className="quiet">{t("push_expired")}</p>}
        {check?.state === "waiting" && <Waiting room={room} check={check} />}
        {check?.state === "measuring" && <Measuring progress={check.progress ?? null} />}
        {check?.state === "judging" && <Busy>{t("push_judging")}</Busy>}
        {check?.state === "done" && <Findings check={check} />}
      </div>
    </section>
  )
}

function Waiting({ room, check }: { room: Room; check: Check }) {
  const { t } = useTranslation("studio")
  return (
    <>
      <Busy>{t("push_waiting")} <span className="quiet">{t("push_until", { at: timeOfDay(check.expires_at) })}</span></Busy>
      <ol className="check-steps">
        <li><CopyField label={t("push_step_server")} value={check.push_url ?? ""} /></li>
        <li>{t("push_step_key")} <Rotate room={room} /></li>
        <li>{t("push_step_go")}</li>
      </ol>
    </>
  )
}

function Rotate({ room }: { room: Room }) {
  const { t } = useTranslation("studio")
  const { t: tr } = useTranslation("room")
  const me = useMe()
  const [asking, setAsking] = useState(false)
  const [key, setKey] = useState<{ value: string; port: number } | null>(null)
  if (!me.data || !may(me.data, "room.manage")) return <span className="quiet">{t("rotate_none")}</span>
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>{t("rotate")}</Button>
      {asking && (
        <Confirm
          title={tr("rotate_title", { title: room.title })} hint={tr("rotate_hint")} ok={tr("rotate_ok")} close={() => setAsking(false)}
          act={async () => {
            const fresh = await api.rotateKey(room.id)
            setKey({ value: fresh.stream_key, port: fresh.push_port })
          }}
        />
      )}
      {key && <StreamKey title={room.title} streamKey={key.value} pushPort={key.port} close={() => setKey(null)} />}
    </>
  )
}

function Measuring({ progress }: { progress: CheckProgress | null }) {
  const { t } = useTranslation("studio")
  const percent = progress?.percent ?? 0
  const shown: [string, string][] = [
    [t("size"), progress && progress.width > 0 ? `${progress.width}×${progress.height}` : DASH],
    [t("fps"), progress?.fps != null ? progress.fps.toFixed(1) : DASH],
    [t("kbps"), progress?.kbps != null ? `${count(progress.kbps)} kbps` : DASH],
    [t("pace"), progress?.pace_percent != null ? `${progress.pace_percent.toFixed(0)}%` : DASH],
  ]
  return (
    <>
      <Busy>{t("push_measuring")}</Busy>
      <div className="bar" role="progressbar" aria-label={t("push")} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
        <span style={{ width: `${percent}%` }} />
      </div>
      <dl className="figures">
        {shown.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="num">{value}</dd></div>)}
      </dl>
    </>
  )
}

export function Busy({ children }: { children: ReactNode }) {
  return <p className="busy" role="status"><span className="busy-dot" aria-hidden="true" /> <span>{children}</span></p>
}
