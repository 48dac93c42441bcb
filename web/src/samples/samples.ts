import astronaut from './photos/astronaut.jpg'
import astronautThumbnail from './photos/astronaut.thumbnail.jpg'
import cat from './photos/cat.jpg'
import catThumbnail from './photos/cat.thumbnail.jpg'
import coffee from './photos/coffee.jpg'
import coffeeThumbnail from './photos/coffee.thumbnail.jpg'
import dogs from './photos/dogs.jpg'
import dogsThumbnail from './photos/dogs.thumbnail.jpg'
import raccoon from './photos/raccoon.jpg'
import raccoonThumbnail from './photos/raccoon.thumbnail.jpg'
import rocket from './photos/rocket.jpg'
import rocketThumbnail from './photos/rocket.thumbnail.jpg'

export type SamplePhoto = {
  title: string
  fileName: string
  url: string
  thumbnailUrl: string
  /** The title that the author gave it. */
  work?: string
  author: string
  sourceUrl: string
  licence: string
  /** The terms, if the licence has a text. */
  licenceUrl?: string
}

const CC0 = { licence: 'CC0 1.0', licenceUrl: 'https://creativecommons.org/publicdomain/zero/1.0/' }

/** The same data with sources: photos/CREDITS.md. */
export const SAMPLE_PHOTOS: readonly SamplePhoto[] = [
  {
    title: 'Cat',
    fileName: 'cat.jpg',
    url: cat,
    thumbnailUrl: catThumbnail,
    author: 'Stéfan van der Walt',
    sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.chelsea',
    ...CC0,
  },
  {
    title: 'Dogs',
    fileName: 'dogs.jpg',
    url: dogs,
    thumbnailUrl: dogsThumbnail,
    work: 'friends',
    author: 'Aitzol Berasategi',
    sourceUrl: 'https://packages.debian.org/bookworm/lomiri-wallpapers-16.04',
    licence: 'CC BY 4.0',
    licenceUrl: 'https://creativecommons.org/licenses/by/4.0/',
  },
  {
    title: 'Coffee',
    fileName: 'coffee.jpg',
    url: coffee,
    thumbnailUrl: coffeeThumbnail,
    author: 'Rachel Michetti, Pikolo Espresso Bar',
    sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.coffee',
    ...CC0,
  },
  {
    title: 'Raccoon',
    fileName: 'raccoon.jpg',
    url: raccoon,
    thumbnailUrl: raccoonThumbnail,
    author: 'public-domain-image.com',
    licence: 'public domain',
    sourceUrl: 'https://docs.scipy.org/doc/scipy/reference/generated/scipy.datasets.face.html',
  },
  {
    title: 'Astronaut',
    fileName: 'astronaut.jpg',
    url: astronaut,
    thumbnailUrl: astronautThumbnail,
    author: 'NASA',
    licence: 'public domain',
    sourceUrl: 'https://flic.kr/p/r9qvLn',
  },
  {
    title: 'Rocket',
    fileName: 'rocket.jpg',
    url: rocket,
    thumbnailUrl: rocketThumbnail,
    author: 'SpaceX',
    licence: 'public domain',
    sourceUrl: 'https://www.flickr.com/photos/spacexphotos/16511594820/',
  },
]
