import {
  useIsMutating,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query"
import { sdk } from "../lib/sdk"
import type {
  EncryptionDoctor,
  EncryptionEvent,
  EncryptionStatus,
  PolicyFloor,
} from "../../shared/encryption-types"
import { encryptionKeys } from "./query-keys"

type EncryptionResponse = { encryption: EncryptionStatus }

const PATH = "/admin/encryption"

/**
 * Keys, policy, and how the stored values are sealed; counted, not opened.
 *
 * @returns the query
 */
export const useEncryption = () =>
  useQuery({
    queryKey: encryptionKeys.all,
    queryFn: () => sdk.client.fetch<EncryptionResponse>(PATH),
    // Every write of a credential changes the counts.
    staleTime: 0,
  })

/**
 * What the doctor finds.
 *
 * @returns the query
 */
export const useEncryptionDoctor = () =>
  useQuery({
    queryKey: [...encryptionKeys.all, "doctor"],
    queryFn: () =>
      sdk.client.fetch<{ doctor: EncryptionDoctor }>(`${PATH}/doctor`),
    staleTime: 0,
  })

/**
 * What was done with keys lately.
 *
 * @returns the query
 */
export const useEncryptionEvents = () =>
  useQuery({
    queryKey: [...encryptionKeys.all, "events"],
    queryFn: () =>
      sdk.client.fetch<{ events: EncryptionEvent[]; count: number }>(
        `${PATH}/events`
      ),
    staleTime: 0,
  })

/**
 * Makes the page count again.
 *
 * @returns a function to call after a change
 */
export const useRefreshEncryption = () => {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: encryptionKeys.all })
}

/**
 * Tells whether a key or the policy is being changed.
 *
 * @returns true until the answer is there
 */
export const useIsChangingKeys = (): boolean =>
  useIsMutating({ mutationKey: encryptionKeys.all }) > 0

const useChange = <Input>(request: (input: Input) => [string, object]) => {
  const client = useQueryClient()
  return useMutation({
    mutationKey: encryptionKeys.all,
    mutationFn: (input: Input) => {
      const [path, body] = request(input)
      return sdk.client.fetch<EncryptionResponse>(`${PATH}${path}`, {
        method: "POST",
        body,
      })
    },
    onSuccess: (answer) => {
      client.setQueryData(encryptionKeys.all, answer)
      // The doctor and the history look at the same keys.
      for (const part of ["doctor", "events"]) {
        void client.invalidateQueries({
          queryKey: [...encryptionKeys.all, part],
        })
      }
    },
  })
}

/**
 * Makes a key version the one that seals.
 *
 * @returns a mutation that takes the version
 */
export const usePromoteKey = () =>
  useChange((version: number) => [`/keys/${version}/promote`, {}])

/**
 * Retires a key version that nothing needs any more.
 *
 * @returns a mutation that takes the version
 */
export const useRetireKey = () =>
  useChange((version: number) => [`/keys/${version}/retire`, {}])

/**
 * Raises the least that the policy may allow. It never goes down again.
 *
 * @returns a mutation that takes the floor
 */
export const useRaiseFloor = () =>
  useChange((floor: PolicyFloor) => ["/policy", floor])
