package dev.kiln.pool;

import dev.kiln.launcher.Exit;
import dev.kiln.launcher.SandboxId;

/** The exit of a sandbox that was told before the answer to its spawn was handled. */
record EarlyExit(SandboxId id, Exit exit) {}
