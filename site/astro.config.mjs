import starlight from '@astrojs/starlight'
import { defineConfig, passthroughImageService } from 'astro/config'
import { GROUPS, REPOSITORY, slugOf } from './pages.ts'

export default defineConfig({
  // The address of the deployed site, for the sitemap and the canonical links. Optional.
  site: process.env.DOCS_SITE_URL || undefined,
  trailingSlash: 'always',
  // Styles and scripts are files: the Content-Security-Policy of firebase.json allows nothing inline.
  build: { inlineStylesheets: 'never' },
  vite: { build: { assetsInlineLimit: 0 } },
  image: { service: passthroughImageService() },
  integrations: [
    starlight({
      title: 'Firesight',
      description: 'Image understanding for Firebase apps.',
      favicon: '/favicon.svg',
      logo: { src: './src/logo.svg' },
      social: [{ icon: 'github', label: 'GitHub', href: REPOSITORY }],
      // Long commands wrap, because a comment behind a command would be hidden.
      expressiveCode: { defaultProps: { overridesByLang: { 'sh,text': { wrap: true } } } },
      customCss: ['./src/styles/brand.css'],
      sidebar: GROUPS.map(({ label, collapsed = false, entries }) => ({
        label,
        collapsed,
        items: entries.map((entry) => ({ label: entry.label, slug: slugOf(entry.file) })),
      })),
    }),
  ],
})
