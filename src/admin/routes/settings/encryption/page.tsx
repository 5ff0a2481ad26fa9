import { defineRouteConfig } from "@medusajs/admin-sdk"
import { LayoutComposer } from "@medusajs/dashboard/components"
import { Key } from "@medusajs/icons"
import { EncryptedColumns } from "../../../components/encryption/encrypted-columns"
import { EncryptionDoctor } from "../../../components/encryption/encryption-doctor"
import { EncryptionHistory } from "../../../components/encryption/encryption-history"
import { EncryptionOverview } from "../../../components/encryption/encryption-overview"
import { EncryptionPolicy } from "../../../components/encryption/encryption-policy"
import { ImportFernet } from "../../../components/encryption/import-fernet"
import { KeyVersions } from "../../../components/encryption/key-versions"
import { ErrorState } from "../../../components/error-state"
import { SectionSkeleton } from "../../../components/loading"
import { useEncryption, useIsChangingKeys } from "../../../hooks/use-encryption"
import { useFernetImport } from "../../../hooks/use-fernet-import"
import { useKeyOperation } from "../../../hooks/use-key-operation"

const EncryptionPage = () => {
  const { data, error, refetch } = useEncryption()
  const operation = useKeyOperation()
  const imports = useFernetImport()
  const isChanging = useIsChangingKeys()
  const isBusy = operation.run.isRunning || imports.run.isRunning || isChanging
  const status = data?.encryption

  if (!status) {
    return error ? (
      <ErrorState
        title="The state of the encryption could not be loaded"
        error={error}
        onRetry={() => void refetch()}
      />
    ) : (
      <div role="status" aria-label="Loading" className="flex flex-col gap-y-3">
        <SectionSkeleton rows={2} />
        <SectionSkeleton rows={2} />
      </div>
    )
  }

  return (
    <LayoutComposer
      widgetsZonePrefix="social_encryption.details"
      preferredLayoutId="core:single-column"
      sections={{
        main: (
          <>
            <LayoutComposer.Entry id="SocialEncryptionOverview">
              <EncryptionOverview
                status={status}
                operation={operation}
                isBusy={isBusy}
              />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialEncryptionKeys">
              <KeyVersions status={status} isBusy={isBusy} />
            </LayoutComposer.Entry>
            {status.columns.length > 0 && (
              <LayoutComposer.Entry id="SocialEncryptionColumns">
                <EncryptedColumns columns={status.columns} />
              </LayoutComposer.Entry>
            )}
            <LayoutComposer.Entry id="SocialEncryptionDoctor">
              <EncryptionDoctor />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialEncryptionPolicy">
              <EncryptionPolicy status={status} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialEncryptionImport">
              <ImportFernet imports={imports} isBusy={isBusy} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialEncryptionHistory">
              <EncryptionHistory />
            </LayoutComposer.Entry>
          </>
        ),
      }}
    />
  )
}

export const handle = { breadcrumb: () => "Encryption" }

export const config = defineRouteConfig({
  label: "Encryption",
  icon: Key,
})

export default EncryptionPage
