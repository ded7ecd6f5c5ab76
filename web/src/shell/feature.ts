// What a feature tells the shell about itself.
import type { ComponentType } from "react"

export interface Feature {
  /** Below `/console`. */
  path: string
  /** Key of the title, `namespace:key`. */
  title: string
  /** The permission without which it is neither listed nor opened. */
  needs: string
  icon: ComponentType<{ size?: number }>
  page: () => Promise<{ default: ComponentType }>
}

export function feature(one: Feature): Feature {
  return one
}
