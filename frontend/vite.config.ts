import { defineConfig } from "vite";

// One module without a hash in its name: the integration puts that into the URL.
export default defineConfig({
  build: {
    target: "es2022",
    outDir: process.env.PBX_FRONTEND_OUT ?? "../custom_components/pbx/frontend",
    emptyOutDir: false,
    reportCompressedSize: true,
    // The form of a library keeps comments and blanks unless it is told otherwise.
    rolldownOptions: { output: { minify: true, comments: false } },
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "pbx-dashboard.js" },
  },
  test: { environment: "happy-dom", include: ["test/**/*.test.ts"] },
} as import("vite").UserConfig & { test: object });
