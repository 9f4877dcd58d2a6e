package dev.kiln.launcher;

/**
 * What a living sandbox's groups count.
 *
 * @param memoryBytes charged now
 * @param memoryPeakBytes most that was charged; since the slot's groups were made where the kernel
 *     cannot reset it
 * @param cpuMicros used by this sandbox
 * @param processes alive, threads included
 * @param oomKills processes of this sandbox that the kernel killed for lack of memory
 */
public record Stat(
    long memoryBytes, long memoryPeakBytes, long cpuMicros, int processes, int oomKills) {}
