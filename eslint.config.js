import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

// A root import of a provider SDK costs every preview a sixth of a second and every type check four.
const rootImports = ["@pulumi/kubernetes", "@pulumi/random", "@pulumi/aws"].map((name) => ({
  name,
  message: `Import the class from its own file (for example "${name}/.../thing.js"), not the whole SDK.`,
  allowTypeImports: true,
}));

export default tseslint.config(
  { ignores: ["node_modules", ".sandbox*"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "scripts/*.mjs"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-restricted-imports": ["error", { paths: rootImports }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
  {
    // The product never depends on the sandbox: it is one more environment with a kubeconfig.
    files: ["components/**", "policy-pack/**", "checklist/**", "index.ts", "config.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          paths: rootImports,
          patterns: [{ group: ["**/sandbox/**"], message: "Nothing here may know of the sandbox." }],
        },
      ],
    },
  },
  {
    files: ["test/**"],
    rules: { "@typescript-eslint/no-floating-promises": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
);
