import { describeRefreshStorm } from "./support/refresh-storm"

jest.setTimeout(180_000)

describeRefreshStorm("postgres")
