// The own second factor: set up with a QR code, confirmed by a code, with codes on paper for a lost phone.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Form, Input, Modal, QRCode } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { ME, useMe } from "../../shell/session"
import { CopyField } from "../../ui/CopyField"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { Ask } from "./Ask"
import { useAccountsRefusal } from "./refusal"
import { mine } from "./staff"

type Wish = "begin" | "renew" | "remove"
const KEY = ["me", "second-factor"] as const

export function SecondFactor() {
  const { t } = useTranslation("accounts")
  const queries = useQueryClient()
  const me = useMe()
  const known = useQuery({ queryKey: KEY, queryFn: mine.secondFactor })
  const [wish, setWish] = useState<Wish | null>(null)
  const [begun, setBegun] = useState<{ secret: string; otpauth: string } | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: KEY })
    await queries.invalidateQueries({ queryKey: ME })
  }
  if (known.isPending) return <Loading rows={3} />
  if (!known.data) return <Failed error={known.error} retry={() => void known.refetch()} />
  const { enabled, needed, recovery_codes_left: left } = known.data
  // Who has no password signed in a moment ago instead.
  const password = me.data?.has_password === false ? [] : [{ name: "password", label: t("password"), secret: true }]
  const code = { name: "code", label: t("code_or_paper") }
  const act = async (values: Record<string, string>) => {
    const { password = "", code = "" } = values
    if (wish === "begin") setBegun(await mine.begin(password))
    else if (wish === "renew") setCodes((await mine.renew(password, code.trim())).recovery_codes)
    else await mine.remove(password, code.trim())
    await reload()
  }
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("second")}</h2>
        <Pill tone={enabled ? "quiet" : "warn"}>{t(enabled ? "second_on" : "second_off")}</Pill>
        <span className="spring" />
        {enabled ? (
          <>
            <Button size="small" onClick={() => setWish("renew")}>{t("papers_renew")}</Button>
            {!needed && <Button size="small" danger onClick={() => setWish("remove")}>{t("second_remove")}</Button>}
          </>
        ) : <Button size="small" type="primary" onClick={() => setWish("begin")}>{t("second_begin")}</Button>}
      </div>
      <p className="quiet panel-text">{enabled ? t("papers_left", { n: String(left) }) : t("second_hint")}</p>
      {wish && (
        <Ask
          title={t(wish === "begin" ? "second_begin" : wish === "renew" ? "papers_renew" : "second_remove")} ok={t("go_on")} close={() => setWish(null)}
          fields={wish === "begin" ? password : [...password, code]} act={act}
        />
      )}
      {begun && (
        <Confirming
          begun={begun} close={() => setBegun(null)}
          done={(papers) => { setBegun(null); setCodes(papers); void reload() }}
        />
      )}
      {codes && <Papers codes={codes} close={() => setCodes(null)} />}
    </section>
  )
}

function Confirming({ begun, done, close }: { begun: { secret: string; otpauth: string }; done: (papers: string[]) => void; close: () => void }) {
  const { t } = useTranslation("accounts")
  const refusal = useAccountsRefusal()
  const [form] = Form.useForm<{ code: string }>()
  const confirm = useMutation({ mutationFn: ({ code }: { code: string }) => mine.confirm(code.trim()), onSuccess: (answer) => done(answer.recovery_codes) })
  return (
    <Modal open title={t("second_scan")} okText={t("confirm")} confirmLoading={confirm.isPending} width={440} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close}>
      <div className="stack">
        <p>{t("second_scan_hint")}</p>
        <div className="qr"><QRCode value={begun.otpauth} size={200} color="#000000" bgColor="#ffffff" bordered={false} type="svg" /></div>
        <CopyField label={t("second_typed")} value={begun.secret} />
        {confirm.error && <Alert type="error" showIcon title={refusal(confirm.error)} role="alert" />}
        <Form<{ code: string }> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => { confirm.mutate(fields) }}>
          <Form.Item name="code" label={t("code")} rules={[{ required: true, pattern: /^\s*\d{6}\s*$/, message: t("code_needed") }]}>
            <Input inputMode="numeric" autoComplete="one-time-code" maxLength={8} autoFocus />
          </Form.Item>
        </Form>
      </div>
    </Modal>
  )
}

function Papers({ codes, close }: { codes: string[]; close: () => void }) {
  const { t } = useTranslation("accounts")
  return (
    <Modal open title={t("papers")} onCancel={close} width={480} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t("papers_done")}</Button>}>
      <div className="stack">
        <Alert type="warning" showIcon title={t("papers_once")} />
        <ul className="papers mono" aria-label={t("papers")}>{codes.map((code) => <li key={code}>{code}</li>)}</ul>
        <CopyField label={t("papers_copy")} value={codes.join(" ")} />
      </div>
    </Modal>
  )
}
