// The hosts, and entering one.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { may, useMe } from "../../shell/session"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Pill, type Tone } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { useStandingRefusal } from "./refusal"
import { HOST_STATES, standing, type Band, type Host, type HostState } from "./standing"

export const HOST_TONES: Record<HostState, Tone> = { unverified: "quiet", submitted: "warn", verified: "quiet", refused: "live", expired: "warn" }
export const BAND_TONES: Record<Band, Tone> = { good: "quiet", watch: "warn", restricted: "live" }

export function useRooms() {
  return useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
}

export function Hosts({ open }: { open: (id: string) => void }) {
  const { t } = useTranslation("standing")
  const me = useMe()
  const rooms = useRooms()
  const phone = useMedia(PHONE)
  const [state, setState] = useState("")
  const [adding, setAdding] = useState(false)
  const pages = useInfiniteQuery({
    queryKey: ["hosts", state], queryFn: ({ pageParam }) => standing.hosts(state, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000,
  })
  const hosts = pages.data?.pages.flatMap((page) => page.items) ?? []
  const manages = me.data !== undefined && may(me.data, "standing.manage")
  const titles = (host: Host) => host.rooms.map((id) => rooms.data?.items.find((room) => room.id === id)?.title ?? id).join("、") || t("no_rooms")
  const pill = (host: Host) => <Pill tone={HOST_TONES[host.state]}>{t(`state_${host.state}`)}</Pill>
  const score = (host: Host) => <><span className="num strong">{host.score}</span> <Pill tone={BAND_TONES[host.band]}>{t(`band_${host.band}`)}</Pill></>
  const name = (host: Host) => <Button type="link" className="standing-open" onClick={() => open(host.id)}>{host.name}</Button>
  const columns: Column<Host>[] = phone
    ? [{ key: "name", title: t("host"), cell: (host) => <div className="standing-narrow">{name(host)}<span>{pill(host)} {score(host)}</span><span className="quiet">{titles(host)}</span></div> }]
    : [
        { key: "name", title: t("stage_name"), cell: name },
        { key: "state", title: t("state"), width: 120, cell: pill },
        { key: "legal", title: t("legal_name"), width: 110, cell: (host) => host.masked_name ?? <span className="quiet">—</span> },
        { key: "rooms", title: t("rooms"), cell: (host) => <span className="cut" title={titles(host)}>{titles(host)}</span> },
        { key: "score", title: t("score"), width: 140, sort: (host) => host.score, cell: score },
        { key: "expires", title: t("expires"), width: 170, cell: (host) => <span className="num quiet">{dateTime(host.expires_at_ms)}</span> },
      ]
  return (
    <>
      <div className="filters">
        <select className="plain-select" aria-label={t("state")} value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{t("all_states")}</option>
          {HOST_STATES.map((one) => <option key={one} value={one}>{t(`state_${one}`)}</option>)}
        </select>
        <span className="quiet">{t("hosts_intro")}</span>
        <span className="spring" />
        {manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setAdding(true)}>{t("add_host")}</Button>}
      </div>
      <div className="panel" data-testid="hosts">
        {pages.isPending ? <Loading rows={6} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : hosts.length === 0 ? <Message title={t("no_hosts")} hint={t("no_hosts_hint")} />
          : <DataTable<Host> label={t("tab_hosts")} rows={hosts} rowKey={(host) => host.id} empty={t("no_hosts")} minWidth={phone ? 0 : 860} columns={columns} />}
        {pages.hasNextPage && <div className="more"><Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t("show_more")}</Button></div>}
      </div>
      {adding && <HostForm close={() => setAdding(false)} done={(host) => open(host.id)} />}
    </>
  )
}

interface FormProps {
  host?: Host
  close: () => void
  done?: (host: Host) => void
}

export function HostForm({ host, close, done }: FormProps) {
  const { t } = useTranslation("standing")
  const rooms = useRooms()
  const queries = useQueryClient()
  const refusal = useStandingRefusal()
  const [form] = Form.useForm<{ name: string; rooms: string[] }>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async ({ name, rooms }: { name: string; rooms: string[] }) => {
    setBusy(true)
    setFailure(null)
    try {
      const kept = host ? await standing.change(host.id, name.trim(), rooms) : await standing.create(name.trim(), rooms)
      await queries.invalidateQueries({ queryKey: ["hosts"] })
      await queries.invalidateQueries({ queryKey: ["host", kept.id] })
      close()
      done?.(kept)
    } catch (error) {
      setFailure(refusal(error))
      setBusy(false)
    }
  }
  return (
    <Modal open title={t(host ? "edit" : "add_host")} width={460} okText={t("save")} confirmLoading={busy} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name: host?.name ?? "", rooms: host?.rooms ?? [] }} onFinish={(said) => void finish(said)}>
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        <Form.Item name="name" label={t("stage_name")} rules={[{ required: true, whitespace: true, message: t("name_needed") }]}><Input maxLength={50} autoComplete="off" /></Form.Item>
        <Form.Item name="rooms" label={t("rooms")} extra={t("rooms_hint")}>
          <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={rooms.data?.items.map((room) => ({ value: room.id, label: room.title })) ?? []} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
