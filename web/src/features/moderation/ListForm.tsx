// A list's form.
import { Alert, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { Room } from "../../api/types"
import { dateTime } from "../../ui/format"
import { DryRun } from "./dryRun/DryRun"
import { tryList } from "./dryRun/dryRun"
import { LEVELS, moderation, type Level, type WordList } from "./moderation"
import { useClauseName, useClauses } from "./Reasons"
import { useModerationRefusal } from "./refusal"

interface Props {
  list?: WordList
  rooms: Room[]
  done: (list: WordList) => void
  close: () => void
}

interface Fields {
  name: string
  room?: string
  category: string
  level: Level
  expires?: string
  /** Of a new list, one a line. */
  words?: string
}

export function ListForm({ list, rooms, done, close }: Props) {
  const { t } = useTranslation("moderation")
  const { t: ui } = useTranslation("ui")
  const refusal = useModerationRefusal()
  const named = useClauseName()
  const clauses = useClauses()
  const [form] = Form.useForm<Fields>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async ({ name, room, category, level, expires, words }: Fields) => {
    setBusy(true)
    setFailure(null)
    const fields = { name: name.trim(), category, level, expires_at_ms: expires ? Date.parse(expires) : 0 }
    try {
      done(list ? await moderation.changeList(list.id, fields) : await moderation.createList({ ...fields, ...(room ? { room } : {}) }, words))
      close()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  const codes = new Set([...(clauses.data?.map((one) => one.code) ?? []), ...(list ? [list.category] : [])])
  return (
    <Modal open title={t(list ? "change_list" : "new_list")} okText={ui("save")} confirmLoading={busy} width={640} mask={{ closable: false }} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form<Fields>
        form={form} layout="vertical" requiredMark={false} autoComplete="off" onFinish={(fields) => void finish(fields)}
        initialValues={{ name: list?.name ?? "", room: list?.room ?? "", category: list?.category ?? "own", level: list?.level ?? "hold", expires: list?.expires_at_ms ? dateTime(list.expires_at_ms).replace(" ", "T") : "" }}
      >
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("name_needed") }]}><Input maxLength={60} /></Form.Item>
        <Form.Item name="room" label={t("place")}>
          <Select disabled={list !== undefined} options={[{ value: "", label: t("everywhere") }, ...rooms.map((room) => ({ value: room.id, label: room.title }))]} />
        </Form.Item>
        <Form.Item name="category" label={t("category")}><Select options={[...codes].map((value) => ({ value, label: named(value) }))} /></Form.Item>
        <Form.Item name="level" label={t("level")} extra={t("level_hint")}><Select options={LEVELS.map((value) => ({ value, label: t(`level_${value}`) }))} /></Form.Item>
        {!list && <Form.Item name="words" label={t("words")} extra={t("words_hint")}><Input.TextArea autoSize={{ minRows: 2, maxRows: 10 }} /></Form.Item>}
        <Form.Item name="expires" label={t("expires")} extra={t("expires_hint")}><Input type="datetime-local" /></Form.Item>
      </Form>
      <DryRun
        run={() => {
          const { room, category, level, words } = form.getFieldsValue()
          return tryList(list?.id, { category, level, ...(list ? {} : { words: words ?? "" }) }, room)
        }}
      />
    </Modal>
  )
}
