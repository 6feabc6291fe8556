import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, runnerImport } from "vite";

/** The design system's styles embed its font, 180 kB; the pages use the system's fonts. */
function withoutFonts(): Plugin {
  return {
    name: "without-fonts",
    enforce: "pre",
    transform(code, id) {
      return id.includes("global-styles") && id.endsWith(".css")
        ? { code: code.replaceAll(/@font-face\s*\{[^}]*\}/g, ""), map: null }
        : undefined;
    },
  };
}

/** `virtual:own-theme.css`: the style sheet that src/own-theme.ts makes, made while building. */
function ownTheme(): Plugin {
  const name = "virtual:own-theme.css";
  return {
    name: "own-theme",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      const { module } = await runnerImport<{ sheet: string }>("/src/own-theme.ts", {
        configFile: false,
        environments: { inline: { resolve: { noExternal: [/@cloudscape-design/] } } },
      });
      return module.sheet;
    },
  };
}

export default defineConfig({
  base: "/_console/",
  plugins: [withoutFonts(), ownTheme(), react()],
  resolve: { tsconfigPaths: true },
  build: {
    outDir: "../src/deputize/console/static",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    // Inlined files would be data: addresses, which the pages' Content-Security-Policy has no place for.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
});
