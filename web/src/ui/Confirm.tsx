// Asks back before something that cannot be undone. It stays until the deed is done, and says so when it failed.
import { useMutation } from "@tanstack/react-query"
import { Alert, Modal } from "antd"
import type { ReactNode } from "react"
import { useRefusal, type Refusal } from "./refusal"

interface Props {
  title: string
  hint: string
  ok: string
  act: () => Promise<void>
  close: () => void
  /** The feature's words for why not. */
  refusal?: Refusal
  /** What helps to decide. */
  children?: ReactNode
}

export function Confirm({ title, hint, ok, act, close, refusal, children }: Props) {
  const inGeneral = useRefusal()
  const deed = useMutation({ mutationFn: act, onSuccess: close })
  const leave = () => { if (!deed.isPending) close() }
  return (
    <Modal
      open title={title} width={children ? 640 : 440} onCancel={leave} mask={{ closable: false }}
      okText={ok} okButtonProps={{ danger: true }} confirmLoading={deed.isPending} cancelButtonProps={{ disabled: deed.isPending }}
      onOk={() => { if (!deed.isPending) deed.mutate() }}
    >
      <div className="stack">
        <p>{hint}</p>
        {children}
        {deed.error && <Alert type="error" showIcon title={(refusal ?? inGeneral)(deed.error)} role="alert" />}
      </div>
    </Modal>
  )
}
