// Image archives in the OCI layout, the same to the byte whenever they are made of the same content.
import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { fileDigest } from "./digests.ts";
import { normalised } from "./reference.ts";

export interface ImageConfig {
  references: readonly string[];
  entrypoint: readonly string[];
  env: Readonly<Record<string, string>>;
  /** User and group, as numbers. */
  user: string;
  /** Folder in which it starts. */
  workdir: string;
}

/** Everything that could differ from one time or user to the next is said: order, times, owners. */
const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=gnu"];

/** Bits that would run a program as another user: only root could have unpacked them, and no pod may use them. */
const noOtherUser = "--mode=ug-s";
/** The modes of our own files, whatever the user's mask is. */
const anybodysMask = "--mode=u=rwX,go=rX";

/**
 * Packs folders as the layers of an image.
 * @param layers Folders, the lowest first; an empty one is left out by the caller.
 * @param target The archive, which appears in one step.
 * @returns the digest of the image's manifest
 */
export async function writeImage(layers: readonly string[], config: ImageConfig, target: string): Promise<string> {
  const draft = `${target}.${process.pid}.draft`;
  const blobs = join(draft, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  try {
    const packed: { digest: string; size: number }[] = [];
    for (const [index, folder] of layers.entries()) {
      const file = join(draft, `layer-${index}`);
      await execa("tar", [...reproducible, noOtherUser, "-C", folder, "-cf", file, "."], { env: { LC_ALL: "C" } });
      const digest = await fileDigest(file);
      const { size } = await stat(file);
      await rename(file, join(blobs, digest));
      packed.push({ digest: `sha256:${digest}`, size });
    }
    const addBlob = async (mediaType: string, content: object) => {
      const text = JSON.stringify(content);
      const digest = createHash("sha256").update(text).digest("hex");
      await writeFile(join(blobs, digest), text);
      return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
    };
    const image = await addBlob("application/vnd.oci.image.config.v1+json", {
      created: "1970-01-01T00:00:00Z",
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: {
        User: config.user,
        Entrypoint: config.entrypoint,
        Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
        WorkingDir: config.workdir,
      },
      rootfs: { type: "layers", diff_ids: packed.map(({ digest }) => digest) },
    });
    const manifest = await addBlob("application/vnd.oci.image.manifest.v1+json", {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: image,
      layers: packed.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer })),
    });
    const named = config.references.map((reference) => ({
      ...manifest,
      annotations: { "io.containerd.image.name": normalised(reference) },
    }));
    await writeFile(join(draft, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: named }));
    await writeFile(join(draft, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    const archive = `${draft}.tar`;
    await execa("tar", [
      ...reproducible,
      anybodysMask,
      "-C",
      draft,
      "-cf",
      archive,
      "oci-layout",
      "index.json",
      "blobs",
    ]);
    await rename(archive, target);
    return manifest.digest;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
