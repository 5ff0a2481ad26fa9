import { Form } from "@medusajs/dashboard/components"
import { Alert, Input, clx } from "@medusajs/ui"
import type { UseFormReturn } from "react-hook-form"
import type { PostCheck } from "../../hooks/use-post-check"
import type { PostFormValues } from "../../lib/post-form"
import { isLanguageTag } from "../../../shared/post-rules/language"
import type { LinkedProduct } from "../../../shared/post-types"
import { ErrorState } from "../error-state"
import { FormSkeleton } from "../loading"
import { AccountPicker } from "./account-picker"
import { CaptionField } from "./caption-field"
import { MediaField } from "./media-field"
import { OwnContentsField } from "./own-contents-field"
import { PartsField } from "./parts-field"
import { ProductField } from "./product-field"
import { ScheduleField } from "./schedule-field"

/** Where the form says what the chosen services would refuse. */
export const PROBLEMS_ID = "social-post-problems"

type PostFieldsProps = {
  form: UseFormReturn<PostFormValues>
  /** The accounts there are, and what they would refuse about this post. */
  check: PostCheck
  /** The products that the post was about before. */
  products?: LinkedProduct[]
}

/** Everything a person can say about a post, for writing and for editing. */
export const PostFields = ({ form, check, products }: PostFieldsProps) => {
  const { groups, error, retry, limit, problems, warnings, targets } = check
  const post = form.watch()

  return (
    <div className="flex flex-col gap-y-8">
      <CaptionField form={form} limit={limit} />
      <PartsField
        value={post.parts}
        limits={targets.map(({ publishing }) => publishing.limits)}
        onChange={(parts) =>
          form.setValue("parts", parts, { shouldDirty: true })
        }
      />
      <Form.Field
        control={form.control}
        name="account_ids"
        rules={{
          validate: (value) =>
            value.length > 0 || "Choose at least one account.",
        }}
        render={({ field }) => (
          <Form.Item>
            <Form.Label>Publish to</Form.Label>
            {error && (
              <ErrorState
                title="The accounts could not be loaded"
                error={error}
                onRetry={retry}
              />
            )}
            {!error && !groups && <FormSkeleton rows={2} />}
            {groups && (
              <Form.Control>
                <div
                  role="group"
                  ref={field.ref}
                  tabIndex={-1}
                  className="outline-none"
                >
                  <AccountPicker
                    groups={groups}
                    value={field.value}
                    onChange={field.onChange}
                  />
                </div>
              </Form.Control>
            )}
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
      {targets.length > 0 && (
        <OwnContentsField
          targets={targets}
          post={post}
          onChange={(accountId, own) =>
            form.setValue(
              "own",
              { ...form.getValues("own"), [accountId]: own },
              { shouldDirty: true }
            )
          }
        />
      )}
      <div
        id={PROBLEMS_ID}
        tabIndex={-1}
        aria-live="polite"
        className={clx("outline-none", { hidden: problems.length === 0 })}
      >
        {problems.length > 0 && (
          <Alert variant="warning">
            <ul className="flex flex-col gap-y-1">
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </Alert>
        )}
      </div>
      {warnings.length > 0 && (
        <Alert variant="info" aria-live="polite">
          <ul className="flex flex-col gap-y-1">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Alert>
      )}
      <Form.Field
        control={form.control}
        name="media"
        render={({ field }) => (
          <Form.Item>
            <Form.Label>Images and videos (optional)</Form.Label>
            <Form.Control>
              <div role="group">
                <MediaField
                  value={field.value}
                  limits={targets.flatMap(({ own, publishing }) =>
                    own?.media ? [] : publishing.limits
                  )}
                  onChange={field.onChange}
                />
              </div>
            </Form.Control>
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
      <Form.Field
        control={form.control}
        name="link"
        rules={{
          validate: (value) =>
            !value.trim() ||
            /^https?:\/\/\S+$/i.test(value.trim()) ||
            "Enter an address that starts with https:// or http://.",
        }}
        render={({ field }) => (
          <Form.Item>
            <Form.Label>Link (optional)</Form.Label>
            <Form.Control>
              <Input {...field} type="url" placeholder="https://" />
            </Form.Control>
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
      <Form.Field
        control={form.control}
        name="language"
        rules={{
          validate: (value) =>
            !value.trim() ||
            isLanguageTag(value.trim()) ||
            "Enter a language such as en or de-AT.",
        }}
        render={({ field }) => (
          <Form.Item>
            <Form.Label>Language (optional)</Form.Label>
            <Form.Control>
              <Input {...field} placeholder="de-AT" className="w-32" />
            </Form.Control>
            <Form.Hint>
              What the post is written in, such as en or de-AT. Left empty, it
              is the store&apos;s own language for posts, if one is set, or what
              the service assumes.
            </Form.Hint>
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
      <ScheduleField form={form} />
      <Form.Field
        control={form.control}
        name="product_ids"
        render={({ field: { value, onChange, ref } }) => (
          <Form.Item>
            <Form.Label>Products (optional)</Form.Label>
            <Form.Control>
              <ProductField
                ref={ref}
                value={value}
                onChange={onChange}
                linked={products}
              />
            </Form.Control>
            <Form.Hint>The products that this post is about.</Form.Hint>
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
    </div>
  )
}
