package dev.kiln.contract.framed;

/**
 * What a sandbox compiled.
 *
 * @param bytes for {@link LoadFrame}
 * @param report JSON {@code {"warnings": [{"file", "line", "message"}]}}; comes from the sandbox
 *     unchecked
 */
public record Bundle(byte[] bytes, String report) {}
