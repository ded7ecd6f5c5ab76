// How long a class is to be kept. What would go is shown before a shorter time can be saved.
import { useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Form, InputNumber, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useLanguage } from "../../../ui/appearance"
import { Going } from "./Going"
import { useRetentionRefusal } from "./refusal"
import { isShorter, retention, type Kept, type Preview } from "./retention"

/** A century: nobody means more. */
const MOST = 36_500

export function KeepForm({ kept, close }: { kept: Kept; close: () => void }) {
  const { t } = useTranslation("retention")
  const { message } = App.useApp()
  const language = useLanguage()
  const refusal = useRetentionRefusal()
  const queries = useQueryClient()
  const least = kept.floor?.days ?? 1
  const most = kept.most_days ?? MOST
  const [days, setDays] = useState<number | null>(kept.days ?? Math.max(least, 180))
  const [seen, setSeen] = useState<Preview | null>(null)
  const save = useMutation({
    mutationFn: (to: number | null) => retention.set(kept.class, to, seen?.days === to ? seen.confirm : undefined),
    onSuccess: async () => {
      void message.success(t("saved"))
      await queries.invalidateQueries({ queryKey: ["retention"] })
      close()
    },
    // Somebody took a quarter of an hour over it.
    onError: () => setSeen(null),
  })
  const look = useMutation({ mutationFn: (of: number) => retention.preview(kept.class, of), onSuccess: setSeen })
  const fits = days !== null && Number.isInteger(days) && days >= least && days <= most
  const shorter = isShorter(days, kept.days)
  const ready = fits && (!shorter || seen?.days === days)
  const clears = ready && shorter && Object.values(seen?.going ?? {}).some((old) => old.count > 0)
  const failed = save.error ?? look.error
  const inLimits = kept.floor
    ? t("form_days_law", { n: String(least), law: language === "en" ? kept.floor.law_en : kept.floor.law_zh })
    : t("form_days_extra", { least: String(least), most: String(most) })
  const inWords = kept.default_days === null ? t("for_ever") : t("days", { n: String(kept.default_days) })
  const act = () => {
    if (!fits) return
    if (ready) save.mutate(days)
    else look.mutate(days)
  }
  return (
    <Modal
      open title={t("form_title", { name: t(`class_${kept.class}`) })} width={560} mask={{ closable: false }} onCancel={close}
      footer={(
        <div className="retention-foot">
          {kept.changed_at_ms !== null && <Button onClick={() => save.mutate(null)} disabled={save.isPending || isShorter(kept.default_days, kept.days)}>{t("back_to_default", { days: inWords })}</Button>}
          <span className="retention-gap" />
          <Button onClick={close}>{t("cancel")}</Button>
          <Button type="primary" danger={clears} disabled={!fits} loading={save.isPending || look.isPending} onClick={act}>
            {ready ? t(clears ? "save_and_clear" : "save") : t("preview")}
          </Button>
        </div>
      )}
    >
      <Form layout="vertical" requiredMark={false} onFinish={act}>
        {failed && <Alert type="error" showIcon title={refusal(failed)} role="alert" />}
        <Form.Item label={t("form_days")} htmlFor="retention-days" extra={inLimits} validateStatus={fits ? "" : "error"} help={fits ? undefined : t("form_days_needed")}>
          <InputNumber<number> id="retention-days" autoFocus precision={0} value={days} onChange={(to) => { setDays(to); setSeen(null) }} />
        </Form.Item>
        {kept.class === "words" && <p className="quiet">{t("form_words_hint")}</p>}
        {seen && seen.days === days && <Going preview={seen} />}
      </Form>
    </Modal>
  )
}
