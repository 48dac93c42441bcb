import { onObjectFinalized } from 'firebase-functions/storage'
import * as firesight from 'firesight/lib'

const config = firesight.createConfig({ uploadPath: 'albums/{uid}/{album}/{fileName}', maskPoints: 0 })
let services: Promise<firesight.Services> | undefined

export const onAlbumPhoto = onObjectFinalized(
  { ...firesight.PHOTO_FUNCTION, secrets: ['GEMINI_API_KEY'] },
  async (event) => {
    services ??= firesight.createServices({ config })
    console.log(await firesight.annotateUpload(event, await services, config))
  },
)
