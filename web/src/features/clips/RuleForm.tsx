// How a room's shows are recorded and kept 录制设置. A change holds for the running show too.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, InputNumber, Modal, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Failed, Loading } from "../../ui/States"
import { clipsApi } from "./api"
import { useRefusal } from "./refusal"
import type { RecordingRule } from "./types"

const MOST_DAYS = 3650
const MOST_GB = 1_000_000

export function RuleButton({ room, primary = false }: { room: string; primary?: boolean }) {
  const { t } = useTranslation("clips")
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button type={primary ? "primary" : "default"} size={primary ? "middle" : "small"} onClick={() => setOpen(true)}>{t("rule")}</Button>
      {open && <RuleDialog room={room} close={() => setOpen(false)} />}
    </>
  )
}

function RuleDialog({ room, close }: { room: string; close: () => void }) {
  const { t } = useTranslation("clips")
  const rule = useQuery({ queryKey: ["recording-rule", room], queryFn: () => clipsApi.rule(room), staleTime: 0, gcTime: 0 })
  if (rule.data) return <RuleForm room={room} rule={rule.data} close={close} />
  return (
    <Modal open title={t("rule")} footer={null} width={440} onCancel={close}>
      {rule.isPending ? <Loading rows={4} /> : <Failed error={rule.error} retry={() => void rule.refetch()} />}
    </Modal>
  )
}

function RuleForm({ room, rule, close }: { room: string; rule: RecordingRule; close: () => void }) {
  const { t } = useTranslation("clips")
  const { t: ui } = useTranslation("ui")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useRefusal()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "stream.manage")
  const [wanted, setWanted] = useState(rule)
  const change = (part: Partial<RecordingRule>) => setWanted((old) => ({ ...old, ...part }))
  const save = useMutation({
    mutationFn: () => clipsApi.putRule(room, wanted),
    onSuccess: () => {
      void message.success(t("rule_saved"))
      void queries.invalidateQueries({ queryKey: ["recording"] })
      close()
    },
  })
  return (
    <Modal
      open title={t("rule")} width={440} onCancel={close} mask={{ closable: false }} okText={ui("save")} confirmLoading={save.isPending}
      onOk={() => save.mutate()} okButtonProps={{ disabled: !manages }}
    >
      <div className="rule-form" data-testid="rule-form">
        {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
        {!manages && <p className="quiet">{t("rule_read_only")}</p>}
        <label className="rule-row">
          <span>{t("rule_enabled")}<small className="quiet">{t("rule_enabled_hint")}</small></span>
          <Switch checked={wanted.enabled} disabled={!manages} onChange={(enabled) => change({ enabled })} aria-label={t("rule_enabled")} />
        </label>
        <label className="rule-row">
          <span>{t("rule_days")}<small className="quiet">{t("rule_days_hint")}</small></span>
          <InputNumber
            min={0} max={MOST_DAYS} precision={0} value={wanted.keep_days} disabled={!manages} aria-label={t("rule_days")} suffix={t("days")}
            onChange={(value) => change({ keep_days: value ?? 0 })}
          />
        </label>
        <label className="rule-row">
          <span>{t("rule_gb")}<small className="quiet">{t("rule_gb_hint")}</small></span>
          <InputNumber
            min={0} max={MOST_GB} step={10} value={wanted.keep_gb} disabled={!manages} aria-label={t("rule_gb")} suffix="GB"
            onChange={(value) => change({ keep_gb: value ?? 0 })}
          />
        </label>
        <label className="rule-row">
          <span>{t("rule_public")}<small className="quiet">{t("rule_public_hint")}</small></span>
          <Switch checked={wanted.replays_public} disabled={!manages} onChange={(replays_public) => change({ replays_public })} aria-label={t("rule_public")} />
        </label>
      </div>
    </Modal>
  )
}
